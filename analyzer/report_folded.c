/* SPDX-License-Identifier: MIT */
/*
 * The report as folded stacks, the input of flamegraph.pl, inferno and speedscope:
 * a line per stack, frames from the outermost on, then the nanoseconds spent there
 * and not in what the stack called.
 *
 *   program (pid);function (file:line);...;module ns
 *
 * Functions are those of the stack (report_stack.h) that did not load for somebody
 * else.  A load that brought in no module goes by the name asked for, dlclose by its
 * own.  What was loaded within a module stands behind it, with those frames that are
 * new.  Lookups of other symbols than init functions are added up per process as
 * dlsym: the lines of a process add up to its native_load_ns.
 */
#include "report.h"

#include "report_stack.h"
#include "text.h"

enum {
	NESTING_MAX = 128, /* spans of a stack: the outermost ones give way to "..." */
};

struct line {
	char *stack;
	uint64_t ns;
};

/* Where the program was: struct stack_frame, innermost first. */
struct folded_stack {
	GArray *frames;
	bool cut;
};

struct lines {
	const struct report *report;
	GHashTable *stacks;   /* span -> struct folded_stack */
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

static void append_code(GString *stack, const struct stack_frame *frame)
{
	g_autofree char *where = stack_frame_where(frame);
	g_autofree char *text = frame->function ? g_strdup_printf("%s (%s)", frame->function, where)
						: NULL;

	append_frame(stack, text ? text : where);
}

static bool same_code(const struct stack_frame *a, const struct stack_frame *b)
{
	if (a->native || b->native)
		return a->native && b->native && a->native->address == b->native->address &&
		       a->inlined == b->inlined;
	return a->line == b->line && !g_strcmp0(a->file, b->file) &&
	       !g_strcmp0(a->function, b->function);
}

/* How many frames `inner` has within those that it shares with `outer`, which are
 * still there, because what was asked for there has not returned.  The innermost of
 * `outer` may be gone: an init function is called from elsewhere than dlopen was. */
static guint count_new(const struct folded_stack *outer, const struct folded_stack *inner)
{
	guint i, k;

	for (k = 0; outer && k < outer->frames->len; k++)
		for (i = inner->frames->len; i-- > 0;)
			if (same_code(&g_array_index(inner->frames, struct stack_frame, i),
				      &g_array_index(outer->frames, struct stack_frame, k)))
				return i;
	return inner->frames->len;
}

/* Outermost first. */
static void append_new(GString *stack, const struct folded_stack *outer,
		       const struct folded_stack *inner)
{
	guint count = count_new(outer, inner);

	if (inner->cut && count == inner->frames->len)
		append_frame(stack, "...");
	while (count-- > 0)
		append_code(stack, &g_array_index(inner->frames, struct stack_frame, count));
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

/* Where the program was: for all spans of a module, where it was at the first. */
static const struct span *first_span(const struct span *span)
{
	const struct module *module = module_of(span);

	if (module && module->load)
		return &module->load->span;
	if (module && module->init)
		return &module->init->span;
	return span;
}

static void drop_loaders(GArray *frames)
{
	guint i = 0;

	while (i < frames->len)
		if (g_array_index(frames, struct stack_frame, i).loads_for_others)
			g_array_remove_index(frames, i);
		else
			i++;
}

static const struct folded_stack *stack_of(struct lines *lines, const struct span *any)
{
	const struct span *span = first_span(any);
	struct folded_stack *stack = g_hash_table_lookup(lines->stacks, span);

	if (stack)
		return stack;
	stack = g_new0(struct folded_stack, 1);
	stack->frames = span->kind == SPAN_LOAD
				? report_stack(lines->report, (const struct load *)span,
					       &stack->cut)
				: report_interp_stack(lines->report, span->interp, &stack->cut);
	drop_loaders(stack->frames);
	g_hash_table_insert(lines->stacks, (void *)span, stack);
	return stack;
}

static void stack_free(void *data)
{
	struct folded_stack *stack = data;

	g_array_free(stack->frames, TRUE);
	g_free(stack);
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

static void add_stack(struct lines *lines, const struct span *span, uint64_t ns)
{
	g_autoptr(GString) stack = g_string_new(NULL);
	const struct span *chain[NESTING_MAX];
	const struct folded_stack *outer = NULL;
	const struct module *module = NULL;
	bool more;
	size_t i, count = chain_of(span, chain, &more);

	if (!ns)
		return;
	append_process(stack, span->process);
	if (more)
		append_frame(stack, "...");
	for (i = count; i-- > 0;) {
		const struct folded_stack *inner = stack_of(lines, chain[i]);

		/* one phase of a module may be inside of another: one frame */
		if (module && module_of(chain[i]) == module)
			continue;
		append_new(stack, outer, inner);
		append_frame(stack, subject_of(chain[i]));
		module = module_of(chain[i]);
		if (inner->frames->len)
			outer = inner;
	}
	lines_add(lines, span->process, stack->str, ns);
}

static void add_spans(struct lines *lines, const struct process *process)
{
	guint i;

	for (i = 0; i < process->spans->len; i++) {
		const struct span *span = process->spans->pdata[i];

		add_stack(lines, span, span->self_ns);
	}
}

static void add_resolutions(struct lines *lines, const struct module *module)
{
	add_stack(lines, module->load ? &module->load->span : &module->init->span,
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
		.report = report,
		.stacks = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, stack_free),
		.rows = g_ptr_array_new_with_free_func(line_free),
		.by_stack = g_hash_table_new(g_str_hash, g_str_equal),
		.sums_ns = g_new0(uint64_t, model->processes->len + 1),
	};
	guint i;

	report_wants_stacks(report);
	add_everything(&lines, model);
	for (i = 0; i < lines.rows->len; i++) {
		const struct line *line = lines.rows->pdata[i];

		fprintf(report->out, "%s %" G_GUINT64_FORMAT "\n", line->stack, line->ns);
	}
	g_free(lines.sums_ns);
	g_hash_table_destroy(lines.by_stack);
	g_hash_table_destroy(lines.stacks);
	g_ptr_array_free(lines.rows, TRUE);
	return NULL;
}
