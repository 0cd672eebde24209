/* SPDX-License-Identifier: MIT */
/*
 * The report for people: first what was lost, then what failed, the modules, and
 * what tracing cost.
 *
 * --raw is for scripts: the module table alone, times in nanoseconds.
 */
#include "report.h"

#include <stdarg.h>
#include <string.h>

#include "blind_spots.h"
#include "report_columns.h"
#include "report_text.h"
#include "text.h"

enum { DEFAULT_LIMIT = 40 };

/* --- what the trace does not hold -------------------------------------------------- */

static char *process_title(const struct process *process)
{
	g_autofree char *name = text_escape(text_basename(process->exe), true);

	return g_strdup_printf("process %u (%s)", process->pid, *name ? name : "unknown");
}

static void __attribute__((format(printf, 2, 3)))
print_note(const struct page *page, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	page_print(page, PAGE_YELLOW, "Note: %s", text);
	fputc('\n', page->out);
}

static void print_blind_spots(const struct page *page, const struct process *process)
{
	struct blind_spot spots[BLIND_SPOTS_MAX];
	size_t i, count = process_blind_spots(process, spots, BLIND_SPOTS_MAX);
	g_autofree char *title = process_title(process);

	for (i = 0; i < count; i++)
		print_note(page, "%s: %s: %" G_GUINT64_FORMAT, title, spots[i].words,
			   spots[i].count);
}

static void print_not_looked(const struct page *page, const struct process *process)
{
	g_autofree char *title = process_title(process);

	if (process->not_looked)
		print_note(page, "%s: nobody looked for causes in files: %s", title,
			   process->not_looked);
}

/* What was lost could falsify all that follows. */
static void print_loss(const struct page *page)
{
	const struct model *model = page->report->model;

	if (model->lost_events)
		print_note(page,
			   "%" G_GUINT64_FORMAT
			   " events were lost while recording: times and counts below are too low",
			   model->lost_events);
	else if (!model->complete)
		print_note(page,
			   "the recording did not come to its end: what came last may be missing");
	if (!model->complete && model->unpaired)
		print_note(page, "%" G_GUINT64_FORMAT " calls have an end, but no beginning",
			   model->unpaired);
}

static guint count_in_flight(const struct model *model)
{
	guint i, j, count = 0;

	for (i = 0; i < model->processes->len; i++) {
		const struct process *process = model->processes->pdata[i];

		for (j = 0; j < process->spans->len; j++)
			count += ((const struct span *)process->spans->pdata[j])->open;
	}
	return count;
}

static void print_notes(const struct page *page)
{
	const struct model *model = page->report->model;
	guint i, in_flight = count_in_flight(model);

	if (in_flight)
		print_note(page, "%u call%s had not returned at the end", in_flight,
			   in_flight == 1 ? "" : "s");
	for (i = 0; i < model->processes->len; i++) {
		print_not_looked(page, model->processes->pdata[i]);
		print_blind_spots(page, model->processes->pdata[i]);
	}
}

/* --- summary ---------------------------------------------------------------------- */

static void print_count(const struct page *page, guint count, const char *one, const char *many)
{
	fprintf(page->out, "%u %s, ", count, count == 1 ? one : many);
}

static guint count_builtin(const struct model *model)
{
	guint i, count = 0;

	for (i = 0; i < model->modules->len; i++)
		count += !strcmp(((const struct module *)model->modules->pdata[i])->kind,
				 "builtin");
	return count;
}

static void print_summary(const struct page *page)
{
	const struct model *model = page->report->model;
	uint64_t native = 0;
	g_autofree char *wall = text_time((uint64_t)MAX(model->end_ns - model->begin_ns, 0));
	g_autofree char *native_text = NULL;
	guint i, builtin = count_builtin(model);

	for (i = 0; i < model->processes->len; i++)
		native += ((const struct process *)model->processes->pdata[i])->native_load_ns;
	native_text = text_time(native);
	print_count(page, model->processes->len, "process", "processes");
	print_count(page, model->modules->len - builtin, "native module", "native modules");
	if (builtin)
		print_count(page, builtin, "built-in module", "built-in modules");
	print_count(page, model->loads->len, "load", "loads");
	fprintf(page->out, "%s wall, %s in native loading%s\n", wall, native_text,
		model->complete ? ", no events lost" : "");
}

/* --- modules ---------------------------------------------------------------------- */

struct module_rows {
	const GPtrArray *rows;
	size_t shown; /* of the rows */
	enum column_id columns[COLUMN_COUNT];
	size_t column_count;
};

static void set_cell(struct libscols_line *line, size_t place, const struct column *column,
		     struct cell cell, bool raw, enum fit fit)
{
	switch (column->type) {
	case COLUMN_TEXT: cell_text(line, place, cell.text, raw); break;
	case COLUMN_PATH: cell_path(line, place, cell.text, raw, fit); break;
	case COLUMN_PLACE: cell_place(line, place, cell.place, raw, fit); break;
	case COLUMN_TIME: cell_time(line, place, cell.number, raw); break;
	case COLUMN_STAMP:
	case COLUMN_NUMBER: cell_number(line, place, cell.number); break;
	case COLUMN_ID:
		if (cell.number)
			cell_number(line, place, cell.number);
		break;
	}
}

static int column_flags(const struct column *column)
{
	return (column->alignment == COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0) |
	       (column->width < 1 ? SCOLS_FL_TRUNC : 0);
}

/* REQUESTED_AT is for scripts; people read REQUESTED AT. */
static void add_column(struct libscols_table *table, const struct column *column, bool raw)
{
	g_autofree char *header = g_strdup(column->header);

	scols_table_new_column(table, raw ? header : g_strdelimit(header, "_", ' '), column->width,
			       column_flags(column));
}

static void add_module(struct libscols_table *table, const struct module *module,
		       const struct module_rows *what, bool raw, enum fit fit)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;

	for (i = 0; i < what->column_count; i++)
		set_cell(line, i, &columns[what->columns[i]], column_cell(what->columns[i], module),
			 raw, fit);
	if (module->outcome != MODULE_OK)
		scols_line_set_color(line, "red");
}

/* Columns that were asked for by name stay. */
static void drop_columns(struct module_rows *what)
{
	size_t i, count = 0;

	for (i = 0; i < what->column_count; i++)
		if (columns[what->columns[i]].shown != COLUMN_ROOM)
			what->columns[count++] = what->columns[i];
	what->column_count = count;
}

static struct error *make_modules(const struct page *page, const void *data, enum fit fit,
				  struct libscols_table **table)
{
	struct module_rows what = *(const struct module_rows *)data;
	const struct options *options = page->report->options;
	size_t i;

	if (fit == FIT_LESS && !options->columns)
		drop_columns(&what);
	RETURN_IF_ERROR(table_create(page, table));
	for (i = 0; i < what.column_count; i++)
		add_column(*table, &columns[what.columns[i]], options->raw);
	for (i = 0; i < what.shown; i++)
		add_module(*table, what.rows->pdata[i], &what, options->raw, fit);
	return NULL;
}

static guint row_limit(const struct options *options, guint rows)
{
	uint64_t limit = options->limit == COUNT_UNSET ? (options->raw ? 0 : DEFAULT_LIMIT)
						       : options->limit;

	return limit && limit < rows ? (guint)limit : rows;
}

static struct error *print_rows(const struct page *page, const GPtrArray *rows)
{
	const struct options *options = page->report->options;
	struct module_rows what = { .rows = rows, .shown = row_limit(options, rows->len) };

	RETURN_IF_ERROR(columns_choose(options->columns, rows, what.columns, &what.column_count));
	return table_print_fitting(page, make_modules, &what);
}

static void print_left_out(const struct page *page, const GPtrArray *rows)
{
	guint i, shown = row_limit(page->report->options, rows->len);
	g_autofree char *rest = NULL;
	uint64_t self_ns = 0;

	if (shown == rows->len || page->report->options->raw)
		return;
	for (i = shown; i < rows->len; i++)
		self_ns += ((const struct module *)rows->pdata[i])->self_ns;
	rest = text_time(self_ns);
	fprintf(page->out, "... and %u more with %s of their own; --limit 0 shows all\n",
		rows->len - shown, rest);
}

static struct error *print_modules(const struct page *page)
{
	g_autoptr(GPtrArray) rows = NULL;
	struct error *err = modules_choose(page->report->model, page->report->options, &rows);

	if (err)
		return err;
	if (!rows->len) {
		if (!page->report->options->raw)
			fputs(page->report->model->modules->len ? "No native module is selected.\n"
								: "No native modules.\n",
			      page->out);
		return NULL;
	}
	err = print_rows(page, rows);
	if (!err)
		print_left_out(page, rows);
	return err;
}

/* --- the tracer's own cost ----------------------------------------------------------- */

static void add_cost(struct libscols_table *table, const struct process *process)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	uint64_t wall = (uint64_t)MAX(process->end_ns - process->begin_ns, 0);
	g_autofree char *share =
		wall ? g_strdup_printf("%.2f%%", 100.0 * (double)process->tracer_ns / (double)wall)
		     : g_strdup("-");

	cell_number(line, 0, process->pid);
	cell_text(line, 1, text_basename(process->exe), false);
	cell_time(line, 2, wall, false);
	cell_time(line, 3, process->native_load_ns, false);
	cell_time(line, 4, process->tracer_ns, false);
	scols_line_set_data(line, 5, share);
}

static struct error *print_cost(const struct page *page)
{
	const GPtrArray *processes = page->report->model->processes;
	struct libscols_table *table;
	struct error *err;
	guint i;

	page_title(page, "Processes, and what tracing cost them");
	err = table_create(page, &table);
	if (err)
		return err;
	scols_table_new_column(table, "PID", 5, SCOLS_FL_RIGHT);
	scols_table_new_column(table, "PROGRAM", 0.2, 0);
	scols_table_new_column(table, "WALL", 7, SCOLS_FL_RIGHT);
	scols_table_new_column(table, "LOADING", 7, SCOLS_FL_RIGHT);
	scols_table_new_column(table, "TRACER", 7, SCOLS_FL_RIGHT);
	scols_table_new_column(table, "SHARE", 5, SCOLS_FL_RIGHT);
	for (i = 0; i < processes->len; i++)
		add_cost(table, processes->pdata[i]);
	return table_print(table);
}

/* --- the page -------------------------------------------------------------------------- */

static struct error *print_everything(const struct page *page)
{
	struct error *err;

	print_loss(page);
	print_failures(page);
	print_summary(page);
	print_probes(page);
	print_notes(page);
	fputc('\n', page->out);
	err = page->report->options->tree ? print_tree(page) : print_modules(page);
	if (!err && !page->report->options->failed_only)
		err = print_interpreters(page);
	if (err)
		return err;
	return page->report->options->failed_only ? NULL : print_cost(page);
}

struct error *report_text(const struct report *report)
{
	const struct page page = page_of(report);

	scols_init_debug(0);
	if (report->options->raw)
		return print_modules(&page);
	return print_everything(&page);
}
