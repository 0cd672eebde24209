/* SPDX-License-Identifier: MIT */
/*
 * What failed, as tables for people.
 */
#include "report_text.h"

#include "text.h"

enum { PROBES_SHOWN = 10 };

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

static bool any_requested_at(const GPtrArray *rows)
{
	guint i;

	for (i = 0; i < rows->len; i++)
		if (((const struct failure *)rows->pdata[i])->requested_at)
			return true;
	return false;
}

/* The columns differ: where there is a source line, that is what says who asked
 * when there is no room for both. */
struct failure_columns {
	bool asked_by, requested_at;
};

static void add_failure(const struct page *page, struct libscols_table *table,
			const struct failure *failure, const struct failure_columns *what,
			enum fit fit)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	g_autofree char *subject = failure_subject(failure);
	g_autofree char *requester = failure_requester(page, failure);
	size_t column = 0;

	cell_text(line, column++, failure->kind, false);
	cell_text(line, column++, subject, false);
	if (what->asked_by)
		cell_text(line, column++, requester, false);
	if (what->requested_at)
		cell_place(line, column++, failure->requested_at, false, fit);
	cell_text(line, column, failure->message, false);
	if (failure->severity == SEVERITY_FATAL)
		scols_line_set_color(line, "red");
}

static struct error *make_failures(const struct page *page, const void *data, enum fit fit,
				   struct libscols_table **table)
{
	const GPtrArray *rows = data;
	const bool requested_at = any_requested_at(rows);
	const struct failure_columns what = { !requested_at || fit != FIT_LESS, requested_at };
	guint i;

	RETURN_IF_ERROR(table_create(page, table));
	scols_table_new_column(*table, "KIND", 0.1, 0);
	scols_table_new_column(*table, "WHAT", 0.2, 0);
	if (what.asked_by)
		scols_table_new_column(*table, "ASKED BY", 0.2, 0);
	if (what.requested_at)
		scols_table_new_column(*table, "REQUESTED AT", 0.2, 0);
	scols_table_new_column(*table, "MESSAGE", 0.5, SCOLS_FL_WRAP);
	for (i = 0; i < rows->len; i++)
		add_failure(page, *table, rows->pdata[i], &what, fit);
	return NULL;
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

struct error *print_failures(const struct page *page)
{
	g_autoptr(GPtrArray) rows = failures_choose(page->report->model, false);

	if (!rows->len)
		return NULL;
	page_title(page, "Failed loads, lookups and inits");
	RETURN_IF_ERROR(table_print_fitting(page, make_failures, rows));
	print_hints(page, rows);
	return NULL;
}

/* --- probes ------------------------------------------------------------------------ */

static void print_probe(const struct page *page, const struct failure *failure)
{
	g_autofree char *subject = failure_subject(failure);
	g_autofree char *clean = text_escape(subject, true);

	fprintf(page->out, "probe  %s  %s\n", failure->kind, clean);
}

void print_probes(const struct page *page)
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
