/* SPDX-License-Identifier: MIT */
/*
 * Which objects the loader maps for a program before main.
 *
 * Lines of its answer: "\tNAME => PATH (ADDRESS)", "\tNAME => not found",
 * "\tPATH (ADDRESS)" (the loader, preloaded files, the vDSO without a '/').
 */
#include "loaded_list.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_output.h"
#include "elf_facts.h"
#include "text.h"

enum { LIST_SECONDS = 10 };

static const char *const unset[] = { "LD_AUDIT",   "LD_DEBUG",	   "LD_DEBUG_OUTPUT",
				     "LD_PROFILE", "LD_SHOW_AUXV", "LD_VERBOSE",
				     "LD_WARN",	   "LD_BIND_NOW",  NULL };

const char *loaded_list_own_loader(void)
{
	static char *loader;
	int error_number;

	if (!loader) {
		_cleanup_(cleanup_elf_facts_free) struct elf_facts *facts = elf_facts_read(
			"/proc/self/exe", &error_number);

		loader = facts ? g_steal_pointer(&facts->interpreter) : NULL;
	}
	return loader;
}

static void take_line(char *line, struct loaded_list *list)
{
	char *arrow = strstr(line, " => "), *path = arrow ? arrow + 4 : line;
	char *address = g_strrstr(path, " (0x");

	if (arrow && strcmp(path, "not found") == 0) {
		*arrow = '\0';
		g_ptr_array_add(list->missing, g_strdup(line));
		return;
	}
	if (address)
		*address = '\0';
	if (address && strchr(path, '/'))
		g_ptr_array_add(list->paths, g_strdup(path));
}

struct error *loaded_list_read(const char *loader, const char *path, struct loaded_list *list)
{
	/* $ORIGIN is where links lead to when the kernel starts a program, but the
	 * path as it is given when the loader does (glibc 2.36, dl-origin.c). */
	_cleanup_free_ char *resolved = realpath(path, NULL);
	/* not --list, which names the first missing library only */
	const char *argv[] = { loader, resolved ? resolved : path, NULL };
	const struct child_plan plan = { loader,	argv,
					 unset,		"LD_TRACE_LOADED_OBJECTS=1",
					 STDOUT_FILENO, LIST_SECONDS };
	struct child_output output;
	char *saved = NULL;

	RETURN_IF_ERROR(child_output_read(&plan, &output));
	list->paths = g_ptr_array_new_with_free_func(g_free);
	list->missing = g_ptr_array_new_with_free_func(g_free);
	for (char *line = strtok_r(output.text, "\n", &saved); line;
	     line = strtok_r(NULL, "\n", &saved))
		take_line(line + strspn(line, "\t"), list);
	g_free(output.text);
	if (list->paths->len || list->missing->len)
		return NULL;
	loaded_list_clear(list);
	return error_create("it cannot be mapped");
}

void loaded_list_clear(struct loaded_list *list)
{
	if (!list->paths)
		return;
	g_ptr_array_unref(list->paths);
	g_ptr_array_unref(list->missing);
	*list = (struct loaded_list){ NULL, NULL };
}

const char *loaded_list_find(const struct loaded_list *list, const char *name)
{
	for (guint i = 0; list->paths && i < list->paths->len; i++)
		if (strcmp(text_basename(list->paths->pdata[i]), name) == 0)
			return list->paths->pdata[i];
	return NULL;
}
