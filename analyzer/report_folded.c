/* SPDX-License-Identifier: MIT */
/*
 * The report as folded stacks, the input of flamegraph.pl, inferno and speedscope:
 * a line per stack, frames from the outermost on, then the nanoseconds spent there
 * and not in what the stack called.
 *
 *   program (pid);function (file:line);...;module;phase ns
 *
 * phase is open, resolve, init, create or exec.  A load that brought in no module
 * goes by the name asked for, dlclose by its own.  What was loaded within a phase
 * stands behind it, with those frames of the interpreter that are new.  Lookups of
 * other symbols than init functions are added up per process as dlsym: the lines of
 * a process add up to its native_load_ns.
 */
#include "report.h"

#include "text.h"

enum {
	NESTING_MAX = 128, /* spans of a stack: the outermost ones give way to "..." */
};

struct line {
	char *stack;
	uint64_t ns;
};

struct lines {
	GPtrArray *rows;      /* struct line, in order of appearance */
	GHashTable *by_stack; /* stack -> the same */
	uint64_t *sums_ns;    /* by process id */
};

static void line_free(void *data)
{
	struct line *line = data;

	g_free(line->stack);
	g_free(line);
}

static void lines_add(struct lines *lines, const struct process *process, const char *stack,
		      uint64_t ns)
{
	struct line *line = g_hash_table_lookup(lines->by_stack, stack);

	if (!line) {
		line = g_new0(struct line, 1);
		line->stack = g_strdup(stack);
		g_ptr_array_add(lines->rows, line);
		g_hash_table_insert(lines->by_stack, line->stack, line);
	}
	line->ns += ns;
	lines->sums_ns[process->id] += ns;
}

/* --- frames ----------------------------------------------------------------------- */

static void append_frame(GString *stack, const char *text)
{
	g_autofree char *clean = text_escape(text, true);
	const char *c;

	if (stack->len)
		g_string_append_c(stack, ';');
	for (c = clean; *c; c++)
		if (*c == ';')
			g_string_append(stack, "\\x3b");
		else
			g_string_append_c(stack, *c);
}

static void append_process(GString *stack, const struct process *process)
{
	g_autofree char *frame = g_strdup_printf(
		"%s (%u)", *process->exe ? text_basename(process->exe) : "unknown", process->pid);

	append_frame(stack, frame);
}

static void append_place(GString *stack, const struct place *place)
{
	g_autofree char *frame = g_strdup_printf("%s (%s:%u)", place->function, place->file,
						 place->line);

	append_frame(stack, frame);
}

static bool same_place(const struct place *a, const struct place *b)
{
	return a->line == b->line && a->file == b->file && a->function == b->function;
}

/* How many frames `inner` has within the one that `outer` was in, which is still
 * there, because what was asked for there has not returned. */
static uint32_t count_new_places(const struct interp_stack *outer, const struct interp_stack *inner)
{
	uint32_t i;

	for (i = inner->depth; outer && outer->depth && i-- > 0;)
		if (same_place(&inner->places[i], &outer->places[0]))
			return i;
	return inner->depth;
}

/* Outermost first. */
static void append_places(GString *stack, const struct interp_stack *outer,
			  const struct interp_stack *inner)
{
	uint32_t count = count_new_places(outer, inner);

	if (inner->cut && count == inner->depth)
		append_frame(stack, "...");
	while (count-- > 0)
		append_place(stack, &inner->places[count]);
}

/* --- spans ------------------------------------------------------------------------ */

static const struct module *module_of(const struct span *span)
{
	switch (span->kind) {
	case SPAN_LOAD: return ((const struct load *)span)->module;
	case SPAN_INIT: return ((const struct init *)span)->module;
	case SPAN_SLOT: return slot_module((const struct slot *)span);
	case SPAN_CLOSE: break;
	}
	return NULL;
}

/* Where the interpreter was: for all spans of a module, where it was at the first. */
static const struct interp_stack *interp_of(const struct span *span)
{
	const struct module *module = module_of(span);

	if (module && module->load && module->load->span.interp)
		return module->load->span.interp;
	if (module && module->init && module->init->span.interp)
		return module->init->span.interp;
	return span->interp;
}

static const char *phase_of(const struct span *span)
{
	switch (span->kind) {
	case SPAN_LOAD: return "open";
	case SPAN_INIT: return "init";
	case SPAN_SLOT: return enum_name(enum_slot_kind, ((const struct slot *)span)->kind);
	case SPAN_CLOSE: break;
	}
	return NULL;
}

static const char *subject_of(const struct span *span)
{
	const struct module *module = module_of(span);
	const char *requested;

	if (module)
		return module->name;
	switch (span->kind) {
	case SPAN_LOAD:
		requested = ((const struct load *)span)->requested;
		return requested ? text_basename(requested) : "(main program)";
	case SPAN_INIT: return ((const struct init *)span)->symbol;
	case SPAN_SLOT: return ((const struct slot *)span)->module_name;
	case SPAN_CLOSE: break;
	}
	return "dlclose";
}

/* The span and those around it, the innermost first; `more`: not all of them. */
static size_t chain_of(const struct span *span, const struct span **chain, bool *more)
{
	size_t count = 0;

	for (; span && count < NESTING_MAX; span = span->parent)
		chain[count++] = span;
	*more = span != NULL;
	return count;
}

/* The stack of `span`, with another phase than its own if there is one. */
static void add_stack(struct lines *lines, const struct span *span, const char *phase, uint64_t ns)
{
	g_autoptr(GString) stack = g_string_new(NULL);
	const struct span *chain[NESTING_MAX];
	const struct interp_stack *outer = NULL;
	bool more;
	size_t i, count = chain_of(span, chain, &more);

	if (!ns)
		return;
	append_process(stack, span->process);
	if (more)
		append_frame(stack, "...");
	for (i = count; i-- > 0;) {
		const struct interp_stack *inner = interp_of(chain[i]);
		const char *own_phase = i || !phase ? phase_of(chain[i]) : phase;

		if (inner) {
			append_places(stack, outer, inner);
			outer = inner;
		}
		append_frame(stack, subject_of(chain[i]));
		if (own_phase)
			append_frame(stack, own_phase);
	}
	lines_add(lines, span->process, stack->str, ns);
}

static void add_spans(struct lines *lines, const struct process *process)
{
	guint i;

	for (i = 0; i < process->spans->len; i++) {
		const struct span *span = process->spans->pdata[i];

		add_stack(lines, span, NULL, span->self_ns);
	}
}

static void add_resolutions(struct lines *lines, const struct module *module)
{
	add_stack(lines, module->load ? &module->load->span : &module->init->span, "resolve",
		  module->resolve_ns);
}

static void add_other_lookups(struct lines *lines, const struct process *process)
{
	g_autoptr(GString) stack = g_string_new(NULL);
	uint64_t sum_ns = lines->sums_ns[process->id];

	if (process->native_load_ns <= sum_ns)
		return;
	append_process(stack, process);
	append_frame(stack, "dlsym");
	lines_add(lines, process, stack->str, process->native_load_ns - sum_ns);
}

static void add_everything(struct lines *lines, const struct model *model)
{
	guint i;

	for (i = 0; i < model->processes->len; i++)
		add_spans(lines, model->processes->pdata[i]);
	for (i = 0; i < model->modules->len; i++)
		add_resolutions(lines, model->modules->pdata[i]);
	for (i = 0; i < model->processes->len; i++)
		add_other_lookups(lines, model->processes->pdata[i]);
}

struct error *report_folded(const struct report *report)
{
	const struct model *model = report->model;
	struct lines lines = {
		.rows = g_ptr_array_new_with_free_func(line_free),
		.by_stack = g_hash_table_new(g_str_hash, g_str_equal),
		.sums_ns = g_new0(uint64_t, model->processes->len + 1),
	};
	guint i;

	add_everything(&lines, model);
	for (i = 0; i < lines.rows->len; i++) {
		const struct line *line = lines.rows->pdata[i];

		fprintf(report->out, "%s %" G_GUINT64_FORMAT "\n", line->stack, line->ns);
	}
	g_free(lines.sums_ns);
	g_hash_table_destroy(lines.by_stack);
	g_ptr_array_free(lines.rows, TRUE);
	return NULL;
}
