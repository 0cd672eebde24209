/* SPDX-License-Identifier: MIT */
/*
 * The report for people: first what the trace does not hold, then the modules,
 * what failed, and what tracing cost.
 *
 * --raw is for scripts: the module table alone, times in nanoseconds.
 */
#include "report.h"

#include <stdarg.h>

#include "blind_spots.h"
#include "report_columns.h"
#include "text.h"
#include "text_page.h"

enum { DEFAULT_LIMIT = 40, PROBES_SHOWN = 10 };

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

	if (model->lost_events)
		print_note(page,
			   "%" G_GUINT64_FORMAT
			   " events were lost while recording: times and counts below are too low",
			   model->lost_events);
	else if (!model->complete)
		print_note(page,
			   "the recording did not come to its end: what came last may be missing");
	if (in_flight)
		print_note(page, "%u call%s had not returned at the end: see below", in_flight,
			   in_flight == 1 ? "" : "s");
	for (i = 0; i < model->processes->len; i++)
		print_blind_spots(page, model->processes->pdata[i]);
}

/* --- summary ---------------------------------------------------------------------- */

static void print_count(const struct page *page, guint count, const char *one, const char *many)
{
	fprintf(page->out, "%u %s, ", count, count == 1 ? one : many);
}

static void print_summary(const struct page *page)
{
	const struct model *model = page->report->model;
	uint64_t native = 0;
	g_autofree char *wall = text_time((uint64_t)MAX(model->end_ns - model->begin_ns, 0));
	g_autofree char *native_text = NULL;
	guint i;

	for (i = 0; i < model->processes->len; i++)
		native += ((const struct process *)model->processes->pdata[i])->native_load_ns;
	native_text = text_time(native);
	print_count(page, model->processes->len, "process", "processes");
	print_count(page, model->modules->len, "native module", "native modules");
	print_count(page, model->loads->len, "load", "loads");
	fprintf(page->out, "%s wall, %s in native loading\n", wall, native_text);
}

/* --- modules ---------------------------------------------------------------------- */

static void set_cell(struct libscols_line *line, size_t place, const struct column *column,
		     struct cell cell, bool raw)
{
	switch (column->type) {
	case COLUMN_TEXT: cell_text(line, place, cell.text, raw); break;
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
	       (column->type == COLUMN_TEXT && column->width < 1 ? SCOLS_FL_TRUNC : 0);
}

static void add_module(struct libscols_table *table, const struct module *module,
		       const enum column_id *chosen, size_t count, bool raw)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;

	for (i = 0; i < count; i++)
		set_cell(line, i, &columns[chosen[i]], column_cell(chosen[i], module), raw);
	if (module->outcome != MODULE_OK)
		scols_line_set_color(line, "red");
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
	enum column_id chosen[COLUMN_COUNT];
	struct libscols_table *table;
	size_t i, count, shown = row_limit(options, rows->len);
	struct error *err = columns_choose(options->columns, rows, chosen, &count);

	if (!err)
		err = table_create(page, &table);
	if (err)
		return err;
	for (i = 0; i < count; i++)
		scols_table_new_column(table, columns[chosen[i]].header, columns[chosen[i]].width,
				       column_flags(&columns[chosen[i]]));
	for (i = 0; i < shown; i++)
		add_module(table, rows->pdata[i], chosen, count, options->raw);
	return table_print(table);
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

/* --- failures --------------------------------------------------------------------- */

static char *failure_subject(const struct failure *failure)
{
	if (failure->symbol)
		return g_strdup(failure->symbol->name);
	if (failure->module)
		return g_strdup(failure->module->name);
	if (failure->load)
		return g_strdup(failure->load->requested ? failure->load->requested
							 : "(main program)");
	return g_strdup("");
}

/* FUNCTION in OBJECT, or as much of it as is known. */
static char *failure_requester(const struct page *page, const struct failure *failure)
{
	const struct frame *frame = failure->requester;
	const char *function = frame ? frame_function(page->report, frame) : NULL;
	const char *object = frame && frame->object ? text_basename(frame->object->path) : NULL;

	if (function && object)
		return g_strdup_printf("%s in %s", function, object);
	return g_strdup(object ? object : "");
}

static GPtrArray *failures_choose(const struct model *model, bool probes)
{
	GPtrArray *rows = g_ptr_array_new();
	guint i;

	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i];

		if ((failure->severity == SEVERITY_PROBE) == probes)
			g_ptr_array_add(rows, failure);
	}
	return rows;
}

static void add_failure(const struct page *page, struct libscols_table *table,
			const struct failure *failure)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	g_autofree char *subject = failure_subject(failure);
	g_autofree char *requester = failure_requester(page, failure);

	cell_text(line, 0, failure->kind, false);
	cell_text(line, 1, subject, false);
	cell_text(line, 2, requester, false);
	cell_text(line, 3, failure->message, false);
	if (failure->severity == SEVERITY_FATAL)
		scols_line_set_color(line, "red");
}

/* One line per kind, however many failures there are of it. */
static void print_hints(const struct page *page, const GPtrArray *rows)
{
	g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
	guint i;

	for (i = 0; i < rows->len; i++) {
		const struct failure *failure = rows->pdata[i];

		if (failure->hint && g_hash_table_add(told, (char *)failure->hint))
			fprintf(page->out, "%s: %s\n", failure->kind, failure->hint);
	}
}

static struct error *print_failures(const struct page *page)
{
	g_autoptr(GPtrArray) rows = failures_choose(page->report->model, false);
	struct libscols_table *table;
	struct error *err;
	guint i;

	if (!rows->len)
		return NULL;
	page_title(page, "Failed loads, lookups and inits");
	err = table_create(page, &table);
	if (err)
		return err;
	scols_table_new_column(table, "KIND", 0.1, 0);
	scols_table_new_column(table, "WHAT", 0.2, 0);
	scols_table_new_column(table, "ASKED BY", 0.2, 0);
	scols_table_new_column(table, "MESSAGE", 0.5, SCOLS_FL_WRAP);
	for (i = 0; i < rows->len; i++)
		add_failure(page, table, rows->pdata[i]);
	err = table_print(table);
	if (!err)
		print_hints(page, rows);
	return err;
}

static void print_probe(const struct page *page, const struct failure *failure)
{
	g_autofree char *subject = failure_subject(failure);
	g_autofree char *clean = text_escape(subject, true);

	fprintf(page->out, "probe  %s  %s\n", failure->kind, clean);
}

static void print_probes(const struct page *page)
{
	g_autoptr(GPtrArray) rows = failures_choose(page->report->model, true);
	guint i;

	if (!rows->len)
		return;
	page_title(page, "Probes: failed, but tried otherwise or not needed");
	for (i = 0; i < rows->len && i < PROBES_SHOWN; i++)
		print_probe(page, rows->pdata[i]);
	if (rows->len > PROBES_SHOWN)
		fprintf(page->out, "... and %u more; --format json lists them\n",
			rows->len - PROBES_SHOWN);
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

	print_notes(page);
	print_summary(page);
	fputc('\n', page->out);
	err = print_modules(page);
	if (!err)
		err = print_failures(page);
	if (err)
		return err;
	if (!page->report->options->failed_only)
		print_probes(page);
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
