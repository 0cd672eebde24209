/* SPDX-License-Identifier: MIT */
/*
 * Rules of a user's own: what each column may hold.
 */
#include "user_rules.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "convention.h"
#include "rule_file.h"

#define KEPT_NAME "dlscope-conventions.def"

#define NAME(value) #value,
static const char *const presences[] = { PRESENCE_RULES(NAME) NULL };
static const char *const module_names[] = { MODULE_NAME_RULES(NAME) NULL };
static const char *const successes[] = { SUCCESS_RULES(NAME) NULL };
static const char *const kinds[] = { KIND_RULES(NAME) NULL };
static const char *const roles[] = { RUNTIME_ROLES(NAME) NULL };
static const char *const versions[] = { VERSIONS_FROM(NAME) NULL };
#undef NAME

/* Of a text that may be of any length, as much as a message has room for. */
#define SOME "%.40s"

/* The file being read, and the first thing that is wrong with it. */
struct reading {
	const char *path;
	GHashTable *lines; /* what must not stand twice: the line where it does, from 1 */
	unsigned rows;
	struct error *err;
};

static void wrong(struct reading *reading, const struct rule_cell *where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void wrong(struct reading *reading, const struct rule_cell *where, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list arguments;

	if (reading->err)
		return;
	va_start(arguments, format);
	what = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	reading->err = error_create("%s:%u:%u: %s: see RULES in libdlscope(7)", reading->path,
				    where->line, where->column, what);
}

/* The place of the word in the list; 0, and an error, when it is not there. */
static int one_of(struct reading *reading, const struct rule_cell *cell, const char *const *words)
{
	g_autofree char *all = NULL;
	int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(words[i], cell->text))
			return i;
	all = g_strjoinv(", ", (char **)words);
	wrong(reading, cell, "\"" SOME "\" is none of %s", cell->text, all);
	return 0;
}

/* `text` is given away. */
static void check_once(struct reading *reading, const struct rule_cell *where, char *text,
		       const char *what)
{
	unsigned line = GPOINTER_TO_UINT(g_hash_table_lookup(reading->lines, text));

	if (line)
		wrong(reading, where, "%s stands in line %u already", what, line);
	g_hash_table_insert(reading->lines, text, GUINT_TO_POINTER(where->line));
}

static void check_id(struct reading *reading, const struct rule_cell *cell, const char *kind)
{
	check_once(reading, cell, g_strdup_printf("%s %s", kind, cell->text), "this id");
	if (!*cell->text ||
	    cell->text[strspn(cell->text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_")])
		wrong(reading, cell, "an id is made of letters, digits and _");
}

static void check_pattern(struct reading *reading, const struct rule_cell *cell)
{
	const char *star = strchr(cell->text, '*');

	if (strlen(cell->text) < 2)
		wrong(reading, cell, "a symbol has two characters or more");
	else if (star && strchr(star + 1, '*'))
		wrong(reading, cell, "a symbol has one * or none");
}

static void check_runtime_id(struct reading *reading, const struct rule_cell *cell)
{
	if (!runtime_by_id(cell->text))
		wrong(reading, cell,
		      "there is no runtime \"" SOME "\": its RUNTIME(...) must stand before",
		      cell->text);
}

static void check_front(struct reading *reading, const struct rule_cell *cell)
{
	const struct runtime *runtime = runtime_by_id(cell->text);

	if (!strcmp(cell->text, "none"))
		return;
	check_runtime_id(reading, cell);
	if (runtime && runtime->role != FRONT)
		wrong(reading, cell, "the runtime \"" SOME "\" is no FRONT", cell->text);
}

/* The expression that finds a version must have a group. */
static void check_expression(struct reading *reading, const struct rule_cell *cell)
{
	g_autoptr(GError) reason = NULL;
	g_autoptr(GRegex) expression = g_regex_new(cell->text, 0, 0, &reason);

	if (!expression)
		wrong(reading, cell, "no Perl-compatible expression: %s", reason->message);
	else if (!g_regex_get_capture_count(expression))
		wrong(reading, cell, "the expression has no group (...) for the version");
}

static void read_convention(struct reading *reading, const struct rule_cell *cells)
{
	const struct convention convention = {
		.id = g_intern_string(cells[0].text),
		.runtime = g_intern_string(cells[1].text),
		.symbol = g_intern_string(cells[2].text),
		.front = g_intern_string(cells[3].text),
		.presence = (enum presence_rule)one_of(reading, &cells[4], presences),
		.module_name = (enum module_name_rule)one_of(reading, &cells[5], module_names),
		.success = (enum success_rule)one_of(reading, &cells[6], successes),
		.kind = (enum kind_rule)one_of(reading, &cells[7], kinds),
	};

	check_id(reading, &cells[0], "CONVENTION");
	check_runtime_id(reading, &cells[1]);
	check_pattern(reading, &cells[2]);
	check_front(reading, &cells[3]);
	check_once(reading, &cells[2],
		   g_strdup_printf("%s %s %s", cells[1].text, cells[2].text, cells[3].text),
		   "this symbol of this runtime");
	if (!reading->err && !convention_add(&convention))
		wrong(reading, &cells[0],
		      "\"" SOME "\" is one of dlscope's own rules, or one too many", convention.id);
}

static void read_runtime(struct reading *reading, const struct rule_cell *cells)
{
	const struct runtime runtime = {
		.id = g_intern_string(cells[0].text),
		.name = g_intern_string(cells[1].text),
		.version_from = (enum version_from)one_of(reading, &cells[3], versions),
		.version = g_intern_string(cells[4].text),
		.role = (enum runtime_role)one_of(reading, &cells[5], roles),
		.via = g_intern_string(cells[6].text),
	};

	check_id(reading, &cells[0], "RUNTIME");
	if (runtime.version_from == PATH)
		check_expression(reading, &cells[4]);
	if (runtime.version_from != NOWHERE && !*cells[4].text)
		wrong(reading, &cells[4], "where the version stands is missing");
	if (!*cells[2].text)
		wrong(reading, &cells[2],
		      "the symbol by which the runtime shows itself is missing");
	if (strcmp(cells[7].text, "NULL"))
		wrong(reading, &cells[7], "the last column of a runtime of your own is NULL");
	if (!reading->err && !runtime_add(&runtime))
		wrong(reading, &cells[0],
		      "\"" SOME "\" is one of dlscope's own runtimes, or one too many", runtime.id);
}

static void read_rows(struct reading *reading, char *text)
{
	struct rule_file file;
	struct rule_row row;

	rule_file_open(&file, text);
	while (!reading->err && rule_file_next(&file, &row)) {
		reading->rows++;
		if (row.is_runtime)
			read_runtime(reading, row.cells);
		else
			read_convention(reading, row.cells);
	}
	if (file.problem)
		wrong(reading, &file.wrong, "%s", file.problem);
	else if (!reading->rows && !reading->err)
		reading->err = error_create("%s has no rules: see RULES in libdlscope(7)",
					    reading->path);
}

static struct error *check_text(const char *path, const char *text, gsize size)
{
	const char *nul = memchr(text, '\0', size), *at;
	unsigned line = 1;

	for (at = text; nul && (at = memchr(at, '\n', (size_t)(nul - at))); at++)
		line++;
	return nul ? error_create("%s is no text: there is a NUL in line %u", path, line) : NULL;
}

static struct error *take_file(const char *path, char **text, gsize *size)
{
	g_autoptr(GError) reason = NULL;
	struct stat status;

	if (stat(path, &status) < 0)
		return error_errno(errno, "cannot read %s", path);
	if (!S_ISREG(status.st_mode) || status.st_size > RULE_FILE_MAX)
		return error_create("%s is no file of rules: those have at most %d bytes", path,
				    RULE_FILE_MAX);
	if (!g_file_get_contents(path, text, size, &reason))
		return error_create("cannot read %s: %s", path, reason->message);
	return check_text(path, *text, *size);
}

struct error *user_rules_read(const char *path)
{
	g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct reading reading = { path, lines, 0, NULL };
	g_autofree char *text = NULL;
	gsize size;

	RETURN_IF_ERROR(take_file(path, &text, &size));
	read_rows(&reading, text);
	return reading.err;
}

struct error *user_rules_of_trace(const char *directory)
{
	g_autofree char *kept = g_build_filename(directory, KEPT_NAME, NULL);
	const char *path = getenv(USER_RULES_VARIABLE);

	if (access(kept, F_OK) == 0)
		return user_rules_read(kept);
	return path && *path ? user_rules_read(path) : NULL;
}

struct error *user_rules_keep(const char *path, const char *directory)
{
	g_autofree char *kept = g_build_filename(directory, KEPT_NAME, NULL);
	g_autoptr(GError) reason = NULL;
	g_autofree char *text = NULL;
	gsize size;

	RETURN_IF_ERROR(take_file(path, &text, &size));
	if (!g_file_set_contents(kept, text, (gssize)size, &reason))
		return error_create("cannot keep the rules with the trace: %s", reason->message);
	return NULL;
}
