/* SPDX-License-Identifier: MIT */
/*
 * Asks dpkg-query, apt-file and apt-cache: see debian_package.h.
 */
#include "debian_package.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_output.h"
#include "cleanup.h"

enum { ASK_SECONDS = 20 };

void debian_file_clear(struct debian_file *file)
{
	g_clear_pointer(&file->package, g_free);
	g_clear_pointer(&file->path, g_free);
}

/* What the program prints, or NULL where it is not there or fails. */
static char *ask(const char *const *argv)
{
	g_autofree char *path = g_find_program_in_path(argv[0]);
	const struct child_plan plan = { .path = path,
					 .argv = argv,
					 .set = "LC_ALL=C",
					 .descriptor = STDOUT_FILENO,
					 .seconds = ASK_SECONDS };
	struct child_output output = { 0 };
	_cleanup_error_ struct error *err = path ? child_output_read(&plan, &output) : NULL;

	if (!err && output.text && WIFEXITED(output.wait_status) && *output.text)
		return output.text;
	g_free(output.text);
	return NULL;
}

/* "PACKAGE[, PACKAGE...]: PATH", the first such line. */
static struct debian_file first_file(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
	struct debian_file file = { NULL, NULL };
	size_t i;

	for (i = 0; lines[i] && !file.package; i++) {
		const char *path = strstr(lines[i], ": /");

		if (!path || g_str_has_prefix(lines[i], "diversion "))
			continue;
		file.package = g_strndup(lines[i], strcspn(lines[i], ":,"));
		file.path = g_strdup(path + 2);
	}
	return file;
}

/* Since /lib became a link to /usr/lib, packages have their files under either. */
static char *other_spelling(const char *path)
{
	return g_str_has_prefix(path, "/usr/") ? g_strdup(path + strlen("/usr"))
					       : g_strconcat("/usr", path, NULL);
}

struct debian_file debian_installed_path(const char *path)
{
	g_autofree char *other = other_spelling(path);
	const char *const argv[] = { "dpkg-query", "-S", path, other, NULL };
	g_autofree char *text = ask(argv);

	return first_file(text);
}

struct debian_file debian_installed_name(const char *name)
{
	g_autofree char *pattern = g_strconcat("*/", name, NULL);
	const char *const argv[] = { "dpkg-query", "-S", pattern, NULL };
	g_autofree char *text = strpbrk(name, "*?[\\") ? NULL : ask(argv);

	return first_file(text);
}

struct debian_file debian_available_name(const char *name)
{
	g_autofree char *quoted = g_regex_escape_string(name, -1);
	g_autofree char *pattern = g_strdup_printf("/%s$", quoted);
	const char *const argv[] = { "apt-file", "search", "--regexp", pattern, NULL };
	g_autofree char *text = ask(argv);

	return first_file(text);
}

/* libfoo.so.6 -> libfoo6; NULL for other names. */
static char *name_by_policy(const char *library)
{
	const char *end = strstr(library, ".so."), *version = end ? end + strlen(".so.") : NULL;
	g_autofree char *stem = end ? g_ascii_strdown(library, end - library) : NULL;

	if (!end || end == library || !g_ascii_isdigit(*version) ||
	    strspn(version, "0123456789.") != strlen(version))
		return NULL;
	return g_strdup_printf("%s%s%s", g_strdelimit(stem, "_", '-'),
			       g_ascii_isdigit(end[-1]) ? "-" : "", version);
}

char *debian_named_for(const char *library)
{
	g_autofree char *name = name_by_policy(library);
	g_autofree char *quoted = name ? g_regex_escape_string(name, -1) : NULL;
	/* t64: where time_t became wider */
	g_autofree char *pattern = g_strdup_printf("^%s(t64)?$", quoted);
	const char *const argv[] = { "apt-cache", "search", "--names-only", pattern, NULL };
	g_autofree char *text = name ? ask(argv) : NULL;

	return text ? g_strndup(text, strcspn(text, " \n")) : NULL;
}
