/* SPDX-License-Identifier: MIT */
/*
 * Stacks of interpreters: where the source was that asked for a load.
 */
#include "model_internal.h"

#include <string.h>

/* --- whose frames are of interest ------------------------------------------------ */

enum match { IS, ENDS };
enum treatment { SHOWN, PASSED, FOLDED };

static const struct {
	const char *runtime;
	enum match match;
	const char *file;
	enum treatment treatment;
} machinery[] = {
#define MACHINERY(runtime, match, file, treatment) { runtime, match, file, treatment },
#include "import_machinery.def"
#undef MACHINERY
};

static enum treatment treatment_of(const char *runtime, const char *file)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(machinery); i++) {
		if (strcmp(machinery[i].runtime, runtime))
			continue;
		if (machinery[i].match == IS ? !strcmp(file, machinery[i].file)
					     : g_str_has_suffix(file, machinery[i].file))
			return machinery[i].treatment;
	}
	return SHOWN;
}

static const char *language_of(struct model *model, const char *runtime)
{
	static const struct {
		const char *runtime, *language;
	} languages[] = {
		{ "cpython", "python" },
		{ "pypy", "python" },
		{ "luajit", "lua" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(languages); i++)
		if (!strcmp(languages[i].runtime, runtime))
			return languages[i].language;
	return model_intern(model, runtime);
}

/* --- the text -------------------------------------------------------------------- */

/* The text at *at, which then is behind it; NULL when no NUL byte ends it. */
static const char *next_text(const char **at, const char *end)
{
	const char *text = *at;
	const char *nul = text < end ? memchr(text, '\0', (size_t)(end - text)) : NULL;

	if (nul)
		*at = nul + 1;
	return nul ? text : NULL;
}

static uint32_t line_of(const char *text)
{
	guint64 line;

	return g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &line, NULL) ? (uint32_t)line
										: 0;
}

/* The frame at *at; false at the end, be it in the middle of a frame. */
static bool next_frame(struct model *model, const char **at, const char *end, struct place *place)
{
	const char *function = next_text(at, end), *file = next_text(at, end),
		   *line = next_text(at, end);

	if (!function || !file || !line)
		return false;
	place->function = model_intern(model, function);
	place->file = model_intern(model, file);
	place->line = line_of(line);
	place->object = NULL;
	return true;
}

static guint count_frames(const char *at, const char *end)
{
	guint texts = 0;

	while (next_text(&at, end))
		texts++;
	return texts / 3;
}

static void add_frame(struct interp_stack *stack, const struct event_interp_stack *event,
		      const struct place *place, bool folded)
{
	uint32_t i = stack->frame_count++;

	stack->frames[i] = (struct interp_frame){
		.place = *place,
		.machinery = folded,
		.entry = i < event->entries_count && event->entries[i],
	};
}

/* Who asked: the innermost frame that did not load for somebody else; the
 * innermost of all when they all did. */
static struct interp_stack *stack_of(struct model *model, const struct event_interp_stack *event)
{
	const char *at = (const char *)event->frames, *end = at + event->frames_count;
	guint max = count_frames(at, end);
	struct interp_stack *stack = g_malloc0(
		sizeof(*stack) + max * (sizeof(stack->places[0]) + sizeof(*stack->frames)));
	struct place place;

	stack->language = language_of(model, event->runtime);
	stack->cut = event->cut;
	stack->interpreter = event->interpreter;
	stack->entries_known = event->entries_count > 0;
	stack->frames = (struct interp_frame *)&stack->places[max];
	while (next_frame(model, &at, end, &place)) {
		enum treatment treatment = treatment_of(event->runtime, place.file);

		add_frame(stack, event, &place, treatment == FOLDED);
		if (treatment == FOLDED)
			continue;
		stack->places[stack->depth] = place;
		if (treatment == SHOWN && !stack->requested_at)
			stack->requested_at = &stack->places[stack->depth];
		stack->depth++;
	}
	if (!stack->requested_at && stack->depth)
		stack->requested_at = stack->places;
	return stack;
}

/* What the stack of call `call` belongs to, NULL when that is not kept. */
static struct interp_stack **stack_place(const struct process *process, uint64_t call)
{
	struct span *span = process_span(process, call);
	struct resolution *resolution;

	if (span)
		return span->kind == SPAN_LOAD || span->kind == SPAN_INIT ? &span->interp : NULL;
	resolution = g_hash_table_lookup(process->resolutions, &call);
	return resolution ? &resolution->interp : NULL;
}

/* Of lookups, which are added up, only the line that asked first is kept. */
static void lookup_asked(struct model *model, struct symbol *symbol,
			 const struct event_interp_stack *event)
{
	g_autofree struct interp_stack *stack = NULL;

	if (!symbol || symbol->last_call != event->call || symbol->requested_at)
		return;
	stack = stack_of(model, event);
	if (!stack->requested_at)
		return;
	symbol->asked_at = *stack->requested_at;
	symbol->requested_at = &symbol->asked_at;
}

void interp_stack_seen(struct model *model, struct process *process,
		       const struct event_interp_stack *event)
{
	struct interp_stack **place = stack_place(process, event->call);

	if (!place) {
		gpointer tid = GUINT_TO_POINTER(event->tid);

		lookup_asked(model, g_hash_table_lookup(process->last_lookups, tid), event);
		return;
	}
	g_free(*place);
	*place = stack_of(model, event);
}

const struct place *span_requested_at(const struct span *span)
{
	return span->interp ? span->interp->requested_at : NULL;
}
