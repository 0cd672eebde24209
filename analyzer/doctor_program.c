/* SPDX-License-Identifier: MIT */
/*
 * doctor: the files that running CMD executes, one by one.
 */
#include "doctor_program.h"

#include <elf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loaded_list.h"
#include "text.h"

/* --- what the file is for ---------------------------------------------------------- */

static bool check_architecture(struct doctor *doctor, const char *path,
			       const struct elf_facts *facts)
{
	int error_number;
	_cleanup_(cleanup_elf_facts_free) struct elf_facts *own = elf_facts_read("/proc/self/exe",
										 &error_number);
	bool same = own && own->class == facts->class && own->machine == facts->machine;

	if (same)
		doctor_pass(doctor, CHECK_architecture, "%s: ELF class %u, machine %u", path,
			    facts->class, facts->machine);
	else if (own)
		doctor_find(doctor, CHECK_architecture,
			    "%s: ELF class %u, machine %u; dlscope: class %u, machine %u", path,
			    facts->class, facts->machine, own->class, own->machine);
	return same;
}

/* The loader itself may be run as a program: `ld.so PROGRAM`. */
static bool is_own_loader(const struct elf_facts *facts)
{
	const char *loader = loaded_list_own_loader();

	return facts->soname && loader && strcmp(facts->soname, text_basename(loader)) == 0;
}

static bool check_static(struct doctor *doctor, const char *path, const struct elf_facts *facts)
{
	if (facts->interpreter || is_own_loader(facts)) {
		doctor_pass(doctor, CHECK_static_program, "%s: PT_INTERP %s", path,
			    facts->interpreter ? facts->interpreter : "none, it is the loader");
		return false;
	}
	doctor_find(doctor, CHECK_static_program, "%s is static%s: it has no PT_INTERP", path,
		    facts->type == ET_DYN ? "-PIE" : "");
	return true;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat a_status, b_status;

	return stat(a, &a_status) == 0 && stat(b, &b_status) == 0 &&
	       a_status.st_dev == b_status.st_dev && a_status.st_ino == b_status.st_ino;
}

/* True when the program's loader can be asked for a list. */
static bool check_loader(struct doctor *doctor, const char *path, const char *interpreter)
{
	const char *own = loaded_list_own_loader();

	if (!own)
		return false;
	if (is_same_file(interpreter, own)) {
		doctor_pass(doctor, CHECK_loader, "%s: PT_INTERP %s", path, interpreter);
		doctor_pass(doctor, CHECK_other_glibc, "%s is the system's", interpreter);
		return true;
	}
	if (access(interpreter, X_OK) < 0)
		doctor_find_remedy(doctor, CHECK_loader, "install it: the program does not start",
				   "%s: PT_INTERP %s cannot be executed", path, interpreter);
	else if (strcmp(text_basename(interpreter), text_basename(own)) == 0)
		doctor_find(doctor, CHECK_other_glibc, "%s: PT_INTERP %s is not %s", path,
			    interpreter, own);
	else
		doctor_find(doctor, CHECK_loader, "%s: PT_INTERP %s is %s", path, interpreter,
			    g_str_has_prefix(text_basename(interpreter), "ld-musl")
				    ? "musl's"
				    : "not glibc's");
	return false;
}

/* --- one file -------------------------------------------------------------------- */

static void check_elf(struct doctor *doctor, const char *path, const struct elf_facts *facts)
{
	if (facts->is_go)
		doctor_find(doctor, CHECK_go, "%s has a section .go.buildinfo", path);
	else
		doctor_pass(doctor, CHECK_go, "%s has no section .go.buildinfo", path);
	if (!check_architecture(doctor, path, facts) || check_static(doctor, path, facts))
		return;
	if (facts->interpreter && check_loader(doctor, path, facts->interpreter))
		doctor_objects(doctor, path, facts);
}

static void check_file(struct doctor *doctor, const char *path)
{
	int error_number;
	_cleanup_(cleanup_elf_facts_free) struct elf_facts *facts = elf_facts_read(path,
										   &error_number);

	if (error_number)
		doctor_find(doctor, CHECK_readable, "%s: %s", path, g_strerror(error_number));
	if (!facts && !error_number)
		return; /* a script: its own mode and labels do not count */
	doctor_privileges(doctor, path);
	doctor_profiles(doctor, path);
	if (facts)
		check_elf(doctor, path, facts);
}

static void pass_unfound(struct doctor *doctor, enum check check, const char *evidence)
{
	if (doctor_status_of(doctor, check) == STATUS_NOT_CHECKED)
		doctor_pass(doctor, check, "%s", evidence);
}

struct error *doctor_program(struct doctor *doctor)
{
	RETURN_IF_ERROR(doctor_chain(doctor));
	for (guint i = 0; i < doctor->files->len; i++)
		check_file(doctor, doctor->files->pdata[i]);
	pass_unfound(doctor, CHECK_interpreter, "no script is involved");
	pass_unfound(doctor, CHECK_environment, "no program known to drop LD_PRELOAD is involved");
	pass_unfound(doctor, CHECK_elsewhere, "no program known to start it elsewhere is involved");
	pass_unfound(doctor, CHECK_launcher, "no program known to start another is involved");
	pass_unfound(doctor, CHECK_privileges_ignored, "no privileges of a file are ignored");
	pass_unfound(doctor, CHECK_readable, "all files could be read");
	return NULL;
}
