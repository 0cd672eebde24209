/* SPDX-License-Identifier: MIT */
/*
 * What failed, for people: per failure one headline, what it rests on, who asked,
 * and what would mend it where that is sure.
 */
#include "report_text.h"

#include <string.h>

#include "report_stack.h"
#include "text.h"

/* What fits on a screen; --failed-only shows all. */
enum { FAILURES_SHOWN = 8, EVIDENCE_SHOWN = 10, SEARCHED_SHOWN = 8, FRAMES_SHOWN = 8 };

/* --- lines --------------------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
print_line(const struct page *page, const char *format, ...)
{
	g_autofree char *text = NULL, *clean = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	clean = text_escape(text, true);
	fprintf(page->out, "    %s\n", clean);
}

static guint shown_of(const struct page *page, guint count, guint limit)
{
	return page->report->options->failed_only ? count : MIN(count, limit);
}

static void print_left_out(const struct page *page, guint count, guint shown, const char *what)
{
	if (count > shown)
		print_line(page, "... and %u more %s; --failed-only shows all", count - shown,
			   what);
}

/* --- one failure ---------------------------------------------------------------------- */

/* The same in several processes is one entry: its first failure speaks for all. */
struct entry {
	const struct failure *failure;
	uint64_t count;
	GHashTable *processes; /* set */
};

static void entry_free(void *data)
{
	struct entry *entry = data;

	g_hash_table_destroy(entry->processes);
	g_free(entry);
}

static char *times_of(const struct entry *entry)
{
	guint processes = g_hash_table_size(entry->processes);

	if (processes > 1)
		return g_strdup_printf(" (%" G_GUINT64_FORMAT " times in %u processes)",
				       entry->count, processes);
	return entry->count > 1 ? g_strdup_printf(" (%" G_GUINT64_FORMAT " times)", entry->count)
				: g_strdup("");
}

static void print_headline(const struct page *page, const struct entry *entry)
{
	const struct failure *failure = entry->failure;
	g_autofree char *times = times_of(entry);
	g_autofree char *clean = text_escape(failure->headline, true);
	const char *color = failure->severity == SEVERITY_FATAL ? PAGE_RED : PAGE_BOLD;

	page_print(page, color, "%s%s", clean, times);
	fputc('\n', page->out);
}

static void print_evidence(const struct page *page, const struct failure *failure)
{
	guint i, shown = shown_of(page, failure->evidence->len, EVIDENCE_SHOWN);

	if (strcmp(failure->message, failure->headline))
		print_line(page, "%s", failure->message);
	for (i = 0; i < shown; i++)
		print_line(page, "%s", (const char *)failure->evidence->pdata[i]);
	print_left_out(page, failure->evidence->len, shown, "lines");
}

static void print_searched(const struct page *page, const struct failure *failure)
{
	guint i, shown = shown_of(page, failure->searched->len, SEARCHED_SHOWN);

	for (i = 0; i < shown; i++)
		print_line(page, "searched %s", (const char *)failure->searched->pdata[i]);
	print_left_out(page, failure->searched->len, shown, "places");
}

/* The native code that asked; nothing where an interpreter's did, or the interpreter. */
static struct stack_frame asking(const struct page *page, const struct failure *failure)
{
	struct stack_frame frame = { 0 };
	struct code_place place;

	if (!failure->requester)
		return frame;
	if (failure->load) {
		frame = report_requester(page->report, failure->load);
		return frame.native && frame.native->object != failure->process->runtime_object
			       ? frame
			       : (struct stack_frame){ 0 };
	}
	place = frame_place(page->report, failure->requester);
	frame = (struct stack_frame){ .function = place.function,
				      .file = place.file,
				      .line = place.line,
				      .native = failure->requester };
	return frame;
}

/* FUNCTION in OBJECT, or as much of it as is known. */
static char *requester_of(const struct stack_frame *frame)
{
	const struct object *in = frame->native ? frame->native->object : NULL;
	const char *object = in ? text_basename(in->path) : NULL;

	if (frame->function && object)
		return g_strdup_printf("%s in %s", frame->function, object);
	return g_strdup(object);
}

static char *place_of(const struct failure *failure, const struct stack_frame *frame)
{
	const struct place *place = failure->requested_at;
	const char *file = place && *place->file ? place->file : frame->file;
	uint32_t line = file == frame->file ? frame->line : place->line;

	if (!file)
		return NULL;
	return line ? g_strdup_printf("%s:%u", file, line) : g_strdup(file);
}

static void print_init_place(const struct page *page, const struct failure *failure)
{
	const struct init *init = failure->module ? failure->module->init : NULL;
	struct place place;

	if (!init || !report_init_place(page->report, init, &place))
		return;
	if (place.line)
		print_line(page, "%s is at %s:%u", place.function, place.file, place.line);
	else
		print_line(page, "%s is in %s", place.function, place.file);
}

static void print_requester(const struct page *page, const struct failure *failure)
{
	const struct process *process = failure->process;
	const struct stack_frame frame = asking(page, failure);
	g_autofree char *requester = requester_of(&frame), *place = place_of(failure, &frame);

	print_line(page, "%s%s%s%s%sprocess %u (%s)",
		   place       ? "requested at "
		   : requester ? "requested"
			       : "in ",
		   place ? place : "", requester ? " by " : "", requester ? requester : "",
		   place || requester ? ", " : "", process->pid,
		   *process->exe ? text_basename(process->exe) : "unknown");
}

static void print_frame(const struct page *page, const struct frame *frame)
{
	struct code_place place = frame_place(page->report, frame);
	const char *object = frame->object ? text_basename(frame->object->path) : "?";

	if (!frame->address)
		return;
	if (place.file && place.line)
		print_line(page, "at %s in %s (%s:%u)", place.function ? place.function : "?",
			   object, text_basename(place.file), place.line);
	else
		print_line(page, "at %s in %s", place.function ? place.function : "?", object);
}

static void print_crash(const struct page *page, const struct failure *failure)
{
	const struct crash *crash = failure->crash;
	uint32_t i, shown = crash ? shown_of(page, crash->depth, FRAMES_SHOWN) : 0;

	if (!crash)
		return;
	print_line(page, "thread %u crashed%s:", crash->tid,
		   crash->pc ? "" : " at address 0, called from");
	print_frame(page, &crash->caller);
	for (i = 0; i < shown; i++)
		print_frame(page, &crash->stack[i]);
	print_left_out(page, crash->depth, shown, "frames");
}

static void print_failure(const struct page *page, const struct entry *entry)
{
	const struct failure *failure = entry->failure;
	static const char *const severities[] = { "probe", "failure", "fatal" };

	print_headline(page, entry);
	print_evidence(page, failure);
	print_searched(page, failure);
	print_init_place(page, failure);
	print_crash(page, failure);
	print_requester(page, failure);
	if (failure->reason)
		print_line(page, "%s: %s", severities[failure->severity], failure->reason);
	if (failure->hint)
		print_line(page, "hint: %s", failure->hint);
	fputc('\n', page->out);
}

/* --- all of them ------------------------------------------------------------------------ */

/* Worst first, then by time. */
static gint compare_severity(gconstpointer a, gconstpointer b)
{
	const struct failure *first = (*(struct entry *const *)a)->failure,
			     *second = (*(struct entry *const *)b)->failure;

	if (first->severity != second->severity)
		return (gint)second->severity - (gint)first->severity;
	return (gint)first->id - (gint)second->id;
}

static guint entry_hash(gconstpointer key)
{
	const struct failure *failure = key;

	return g_str_hash(failure->headline) ^ (guint)failure->severity;
}

static gboolean entry_equal(gconstpointer a, gconstpointer b)
{
	const struct failure *first = a, *second = b;

	return first->severity == second->severity &&
	       g_str_equal(first->process->exe, second->process->exe) &&
	       g_str_equal(first->headline, second->headline);
}

static void add_entry(GPtrArray *rows, GHashTable *by_failure, const struct failure *failure)
{
	struct entry *entry = g_hash_table_lookup(by_failure, failure);

	if (!entry) {
		entry = g_new0(struct entry, 1);
		entry->failure = failure;
		entry->processes = g_hash_table_new(NULL, NULL);
		g_hash_table_insert(by_failure, (gpointer)failure, entry);
		g_ptr_array_add(rows, entry);
	}
	g_hash_table_add(entry->processes, failure->process);
	entry->count += failure->count;
}

static GPtrArray *failures_choose(const struct model *model, bool probes)
{
	g_autoptr(GHashTable) by_failure = g_hash_table_new(entry_hash, entry_equal);
	GPtrArray *rows = g_ptr_array_new_with_free_func(entry_free);
	guint i;

	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i];

		if ((failure->severity == SEVERITY_PROBE) == probes)
			add_entry(rows, by_failure, failure);
	}
	g_ptr_array_sort(rows, compare_severity);
	return rows;
}

void print_failures(const struct page *page)
{
	g_autoptr(GPtrArray) rows = failures_choose(page->report->model, false);
	guint i, shown = shown_of(page, rows->len, FAILURES_SHOWN);

	for (i = 0; i < shown; i++)
		print_failure(page, rows->pdata[i]);
	if (rows->len > shown)
		fprintf(page->out, "... and %u more failure%s; --failed-only shows all\n\n",
			rows->len - shown, rows->len - shown == 1 ? "" : "s");
}

/* --- probes ------------------------------------------------------------------------ */

static void print_probe(const struct page *page, const struct entry *entry)
{
	const struct failure *failure = entry->failure;
	g_autofree char *headline = text_escape(failure->headline, true), *times = times_of(entry);

	fprintf(page->out, "%s%s\n", headline, times);
	if (failure->reason)
		print_line(page, "probe: %s", failure->reason);
}

void print_probes(const struct page *page)
{
	g_autoptr(GPtrArray) rows = failures_choose(page->report->model, true);
	guint i;

	if (!rows->len)
		return;
	if (!page->report->options->failed_only) {
		fprintf(page->out,
			"%u failed attempt%s only %s: the program coped; --failed-only "
			"lists %s\n",
			rows->len, rows->len == 1 ? " was" : "s were",
			rows->len == 1 ? "a probe" : "probes", rows->len == 1 ? "it" : "them");
		return;
	}
	page_title(page, "Probes: failed, but tried otherwise or not needed");
	for (i = 0; i < rows->len; i++)
		print_probe(page, rows->pdata[i]);
}
