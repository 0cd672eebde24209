/* SPDX-License-Identifier: MIT */
/*
 * doctor: the libraries that are preloaded, ours and others.
 */
#include "doctor.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "cleanup.h"
#include "elf_facts.h"
#include "file_holds.h"
#include "files.h"
#include "loaded_list.h"
#include "preload.h"

#define SYSTEM_PRELOAD "/etc/ld.so.preload"

static const char *const own_libraries[] = { "libdlscope.so", "libdlscope-lttng.so" };

static const char *const hooked_functions[] = {
#define HOOK(function, event_a, event_b) #function,
#include "hooked_functions.def"
#undef HOOK
};

/* --- ours ------------------------------------------------------------------------ */

static char *own_library(const struct doctor *doctor, size_t i)
{
	return g_build_filename(doctor->directory, own_libraries[i], NULL);
}

static bool find_directory(struct doctor *doctor)
{
	_cleanup_free_ char *directory = NULL;
	_cleanup_error_ struct error *err = preload_directory(&directory);

	if (err) {
		doctor_find(doctor, CHECK_libraries, "%s", error_message(err));
		return false;
	}
	doctor->directory = g_strdup(directory);
	return true;
}

static void check_versions(struct doctor *doctor)
{
	for (size_t i = 0; i < G_N_ELEMENTS(own_libraries); i++) {
		g_autofree char *path = own_library(doctor, i);

		/* with the NULs around it: 0.1.0 is no part of 10.1.0 */
		if (file_holds(path, "\0" DLSCOPE_VERSION, sizeof("\0" DLSCOPE_VERSION)))
			doctor_pass(doctor, CHECK_library_version, "%s holds the text %s", path,
				    DLSCOPE_VERSION);
		else
			doctor_find(doctor, CHECK_library_version,
				    "%s does not hold the text %s, this program's version", path,
				    DLSCOPE_VERSION);
	}
}

static void check_mount(struct doctor *doctor)
{
	struct statvfs status;

	if (statvfs(doctor->directory, &status) < 0)
		return;
	if (status.f_flag & ST_NOEXEC)
		doctor_find(doctor, CHECK_library_mount, "%s is mounted noexec", doctor->directory);
	else
		doctor_pass(doctor, CHECK_library_mount, "%s is not mounted noexec",
			    doctor->directory);
}

static void check_needed(struct doctor *doctor, const struct loaded_list *list, const char *path)
{
	for (guint i = 0; i < list->missing->len; i++)
		doctor_find(doctor, CHECK_libraries, "%s needs %s, which is not found", path,
			    (const char *)list->missing->pdata[i]);
	if (!list->missing->len)
		doctor_pass(doctor, CHECK_libraries, "%s and all it needs are there", path);
}

static void check_unwinder(struct doctor *doctor)
{
	void *library = dlopen("libunwind.so.8", RTLD_LAZY | RTLD_LOCAL);

	if (!library) {
		doctor_find(doctor, CHECK_unwinder, "%s", dlerror());
		return;
	}
	doctor_pass(doctor, CHECK_unwinder, "libunwind.so.8 can be loaded");
	dlclose(library);
}

/* --- others ------------------------------------------------------------------------ */

/* The traced functions that the library defines: "dlopen, dlsym". */
static char *hooks_defined(const char *path)
{
	GString *names = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(hooked_functions); i++)
		if (elf_defines(path, hooked_functions[i]))
			g_string_append_printf(names, "%s%s", names->len ? ", " : "",
					       hooked_functions[i]);
	return g_string_free(names, FALSE);
}

/* Where $LIB stands for what the loaders of this machine's programs have there (ld.so(8)). */
static char *without_token(const char *name)
{
	static const char *const values[] = { "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu",
					      "lib64", "lib" };

	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autoptr(GString) path = g_string_new(name);

		g_string_replace(path, "${LIB}", values[i], 0);
		g_string_replace(path, "$LIB", values[i], 0);
		if (access(path->str, F_OK) == 0)
			return g_string_free(g_steal_pointer(&path), FALSE);
	}
	return g_strdup(name);
}

static void check_preloaded(struct doctor *doctor, const struct loaded_list *list,
			    const char *where, const char *name)
{
	g_autofree char *place = without_token(name);
	const char *path = strchr(name, '/') ? place : loaded_list_find(list, name);
	g_autofree char *hooks = path ? hooks_defined(path) : NULL;
	int error_number;
	_cleanup_(cleanup_elf_facts_free) struct elf_facts *facts =
		path ? elf_facts_read(path, &error_number) : NULL;

	if (!facts)
		doctor_find_remedy(
			doctor, CHECK_preload,
			"correct the name or take it out: the loader ignores it and says so",
			"%s names %s, which cannot be preloaded", where, name);
	else if (*hooks)
		doctor_find(doctor, CHECK_preload, "%s names %s, which defines %s", where, path,
			    hooks);
	else
		doctor_pass(doctor, CHECK_preload, "%s names %s, which defines nothing traced",
			    where, path);
}

static void check_preload_list(struct doctor *doctor, const struct loaded_list *list,
			       const char *where, const char *text)
{
	g_auto(GStrv) names = g_strsplit_set(text, " :\t\n", -1);

	for (char **name = names; *name; name++)
		if (**name)
			check_preloaded(doctor, list, where, *name);
}

static void check_others(struct doctor *doctor, const struct loaded_list *list)
{
	const char *users = getenv("LD_PRELOAD");
	char systems[4096];

	if (users)
		check_preload_list(doctor, list, "LD_PRELOAD", users);
	if (files_read_text(SYSTEM_PRELOAD, systems, sizeof(systems)))
		check_preload_list(doctor, list, SYSTEM_PRELOAD, systems);
	if (doctor_status_of(doctor, CHECK_preload) == STATUS_NOT_CHECKED)
		doctor_pass(doctor, CHECK_preload,
			    "neither LD_PRELOAD nor " SYSTEM_PRELOAD " names any");
}

static void check_lists(struct doctor *doctor)
{
	g_autofree char *path = own_library(doctor, 1);
	const char *loader = loaded_list_own_loader();
	struct loaded_list list = { NULL, NULL };
	_cleanup_error_ struct error *err = loader ? loaded_list_read(loader, path, &list)
						   : error_create("dlscope has no loader to ask");

	if (err) {
		doctor_find(doctor, CHECK_libraries, "%s", error_message(err));
		return;
	}
	check_needed(doctor, &list, path);
	check_others(doctor, &list);
	loaded_list_clear(&list);
}

void doctor_libraries(struct doctor *doctor)
{
	check_unwinder(doctor);
	if (!find_directory(doctor))
		return;
	check_versions(doctor);
	check_mount(doctor);
	check_lists(doctor);
}
