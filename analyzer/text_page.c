/* SPDX-License-Identifier: MIT */
/*
 * Colour and tables of the text report.
 */
#include "text_page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

/* --- colour --------------------------------------------------------------------- */

/* no-color.org: NO_COLOR set and not empty; an explicit --color wins. */
static bool want_color(const struct report *report)
{
	const char *when = report->options->color, *no_color = getenv("NO_COLOR"),
		   *term = getenv("TERM");

	if (strcmp(when, "auto"))
		return !strcmp(when, "always");
	return !(no_color && *no_color) && term && strcmp(term, "dumb") && report->out == stdout &&
	       isatty(STDOUT_FILENO);
}

void page_print(const struct page *page, const char *color, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (page->color)
		fprintf(page->out, "\033[%sm", color);
	vfprintf(page->out, format, args);
	if (page->color)
		fputs("\033[0m", page->out);
	va_end(args);
}

void page_title(const struct page *page, const char *title)
{
	fputc('\n', page->out);
	page_print(page, PAGE_BOLD, "%s", title);
	fputc('\n', page->out);
}

/* As smartcols finds it, which breaks lines by it. */
static size_t terminal_width(FILE *out)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (out != stdout || !isatty(STDOUT_FILENO))
		return 0;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return columns && atoi(columns) > 0 ? (size_t)atoi(columns) : 80;
}

struct page page_of(const struct report *report)
{
	return (struct page){ .report = report,
			      .out = report->out,
			      .color = want_color(report),
			      .width = terminal_width(report->out) };
}

/* --- tables --------------------------------------------------------------------- */

struct error *table_create(const struct page *page, struct libscols_table **result)
{
	const struct options *options = page->report->options;
	struct libscols_table *table = scols_new_table();

	if (!table)
		return error_no_memory();
	scols_table_set_stream(table, page->out);
	scols_table_enable_raw(table, options->raw);
	scols_table_enable_noheadings(table, options->noheadings);
	scols_table_enable_colors(table, page->color);
	scols_table_enable_noencoding(table, 1); /* cell_text() has done it */
	if (page->out != stdout)
		scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER); /* it would ask stdout */
	*result = table;
	return NULL;
}

void cell_text(struct libscols_line *line, size_t column, const char *text, bool raw)
{
	g_autofree char *clean = raw ? NULL : text_escape(text ? text : "", true);

	scols_line_set_data(line, column, raw ? text : clean);
}

static const char *shortened(const char *path, enum fit fit)
{
	return path && fit != FIT_WHOLE ? text_basename(path) : path;
}

void cell_path(struct libscols_line *line, size_t column, const char *path, bool raw, enum fit fit)
{
	cell_text(line, column, shortened(path, fit), raw);
}

/* The base name, with the directory where the name alone says nothing:
 * __init__.py, __main__.py. */
static const char *shortened_source(const char *path, enum fit fit)
{
	const char *name = text_basename(path), *start = name;

	if (fit == FIT_WHOLE)
		return path;
	if (!g_str_has_prefix(name, "__") || start - path < 2)
		return name;
	for (start--; start > path && start[-1] != '/'; start--)
		;
	return start;
}

void cell_place(struct libscols_line *line, size_t column, const struct place *place, bool raw,
		enum fit fit)
{
	g_autofree char *text = NULL;

	if (place && place->object)
		text = g_strdup_printf("%s%sin %s", place->function, *place->function ? " " : "",
				       shortened_source(place->object, fit));
	else if (place && place->line)
		text = g_strdup_printf("%s:%u", shortened_source(place->file, fit), place->line);
	else if (place)
		text = g_strdup(shortened_source(place->file, fit));
	cell_text(line, column, text, raw);
}

void cell_time(struct libscols_line *line, size_t column, uint64_t ns, bool raw)
{
	g_autofree char *text = raw ? g_strdup_printf("%" G_GUINT64_FORMAT, ns) : text_time(ns);

	scols_line_set_data(line, column, text);
}

void cell_number(struct libscols_line *line, size_t column, uint64_t number)
{
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	scols_line_set_data(line, column, text);
}

struct error *table_print(struct libscols_table *table)
{
	int rc = scols_print_table(table);

	scols_unref_table(table);
	return rc < 0 ? error_errno(-rc, "cannot print a table") : NULL;
}

/* --- tables that fit -------------------------------------------------------------- */

/* A column that is wrapped can do with less than its longest cell. */
enum { WRAPPED_WIDTH = 40 };

static size_t column_width(struct libscols_table *table, size_t column)
{
	struct libscols_column *head = scols_table_get_column(table, column);
	const char *text = scols_column_get_name(head);
	double hint = scols_column_get_whint(head); /* from 1 on: not less than that */
	size_t i, width = MAX(text ? strlen(text) : 0, hint < 1 ? 0 : (size_t)hint);

	for (i = 0; i < scols_table_get_nlines(table); i++) {
		text = scols_cell_get_data(
			scols_line_get_cell(scols_table_get_line(table, i), column));
		width = MAX(width, text ? (size_t)g_utf8_strlen(text, -1) : 0);
	}
	return scols_column_is_wrap(head) ? MIN(width, WRAPPED_WIDTH) : width;
}

static size_t table_width(struct libscols_table *table)
{
	size_t i, columns = scols_table_get_ncols(table), width = 0;

	for (i = 0; i < columns; i++)
		width += column_width(table, i) + (i > 0); /* a blank between two */
	return width;
}

struct error *table_print_fitting(const struct page *page, table_maker *make, const void *data)
{
	enum fit fit;

	for (fit = FIT_WHOLE;; fit++) {
		struct libscols_table *table;

		RETURN_IF_ERROR(make(page, data, fit, &table));
		if (!page->width || fit == FIT_LESS || table_width(table) <= page->width)
			return table_print(table);
		scols_unref_table(table);
	}
}
