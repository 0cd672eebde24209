/* SPDX-License-Identifier: MIT */
/*
 * doctor: a program's libraries, and what their symbols tell.
 */
#include "doctor_program.h"

#include <string.h>

#include "loaded_list.h"

/* What keeps LTTng's descriptors from a program that closes all: these two are
 * preloaded in front of everything. */
static const char *const descriptor_guards[] = { "libdlscope.so" };

static const enum check symbol_checks[] = {
#define SYMBOL(name, kind, check) CHECK_##check,
#include "doctor_symbols.def"
#undef SYMBOL
};

static bool is_guarded(const struct doctor *doctor, const char *symbol)
{
	for (size_t i = 0; doctor->directory && i < G_N_ELEMENTS(descriptor_guards); i++) {
		g_autofree char *path = g_build_filename(doctor->directory, descriptor_guards[i],
							 NULL);

		if (elf_defines(path, symbol))
			return true;
	}
	return false;
}

static void note_symbol(struct doctor *doctor, const char *path, enum elf_symbol_row row)
{
	const char *name = elf_symbol_name(row);
	enum check check = symbol_checks[row];

	if (check == CHECK_closes_all && is_guarded(doctor, name))
		doctor_pass(doctor, check, "%s has %s, which libdlscope.so stands in for", path,
			    name);
	else
		doctor_find(doctor, check, "%s has the dynamic symbol %s", path, name);
}

/* Adds the rows it has to the set `seen`. */
static void check_symbols(struct doctor *doctor, const char *path, const struct elf_facts *facts,
			  uint32_t *seen)
{
	*seen |= facts->symbols;
	if (!facts->has_symbols)
		doctor_find(doctor, CHECK_readable, "%s has no table of dynamic symbols", path);
	for (int row = 0; row < SYMBOL_ROWS; row++)
		if (facts->symbols & 1u << row)
			note_symbol(doctor, path, (enum elf_symbol_row)row);
}

static void check_library(struct doctor *doctor, const char *path, uint32_t *seen)
{
	int error_number;
	_cleanup_(cleanup_elf_facts_free) struct elf_facts *facts = elf_facts_read(path,
										   &error_number);

	if (facts)
		check_symbols(doctor, path, facts, seen);
	else
		doctor_find(doctor, CHECK_readable, "%s: %s", path,
			    error_number ? g_strerror(error_number) : "not ELF");
}

static void check_list(struct doctor *doctor, const char *path, const struct loaded_list *list,
		       uint32_t *seen)
{
	for (guint i = 0; i < list->missing->len; i++)
		doctor_find(doctor, CHECK_dependencies, "%s needs %s, which is not found", path,
			    (const char *)list->missing->pdata[i]);
	for (guint i = 0; i < list->paths->len; i++)
		check_library(doctor, list->paths->pdata[i], seen);
	if (!list->missing->len)
		doctor_pass(doctor, CHECK_dependencies, "%u objects are mapped with %s",
			    list->paths->len, path);
}

static bool check_has_symbol(enum check check, uint32_t seen)
{
	for (size_t row = 0; row < SYMBOL_ROWS; row++)
		if (symbol_checks[row] == check && seen & 1u << row)
			return true;
	return false;
}

/* Checks none of whose symbols was seen are fine once all files were read. */
static void pass_rest(struct doctor *doctor, const char *path, guint objects, uint32_t seen)
{
	static const enum check checks[] = { CHECK_dlmopen, CHECK_closes_all };

	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
		if (!check_has_symbol(checks[i], seen))
			doctor_pass(doctor, checks[i], "no such symbol in %s and %u objects", path,
				    objects);
	if (!check_has_symbol(CHECK_deepbind, seen))
		doctor_pass(doctor, CHECK_deepbind,
			    "no symbol of PHP in %s and %u objects; which flags another program "
			    "passes shows when it runs",
			    path, objects);
}

void doctor_objects(struct doctor *doctor, const char *path, const struct elf_facts *facts)
{
	struct loaded_list list = { NULL, NULL };
	_cleanup_error_ struct error *err = loaded_list_read(facts->interpreter, path, &list);
	uint32_t seen = 0;

	check_symbols(doctor, path, facts, &seen);
	if (err) {
		doctor_find(doctor, CHECK_readable, "the loader's list of %s: %s", path,
			    error_message(err));
		return;
	}
	check_list(doctor, path, &list, &seen);
	if (doctor_status_of(doctor, CHECK_readable) <= STATUS_OK)
		pass_rest(doctor, path, list.paths->len, seen);
	loaded_list_clear(&list);
}
