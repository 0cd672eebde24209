/* SPDX-License-Identifier: MIT */
/*
 * Loads, inits and closes as they begin and end.
 */
#include "model_internal.h"

void load_free(void *data)
{
	struct load *load = data;

	g_ptr_array_free(load->objects_added, TRUE);
	g_free(load->stack);
	g_free(load->span.interp);
	g_free(load);
}

void init_free(void *data)
{
	struct init *init = data;

	g_free(init->span.interp);
	g_free(init);
}

/* --- loads ----------------------------------------------------------------------- */

static void take_stack(struct process *process, const struct event_load_begin *begin,
		       struct load *load)
{
	uint32_t i;

	load->caller = process_frame(process, begin->caller);
	load->stack_depth = begin->stack_count;
	load->stack_cut = begin->stack_cut;
	load->stack = g_new(struct frame, begin->stack_count);
	for (i = 0; i < begin->stack_count; i++)
		load->stack[i] = process_frame(process, begin->stack[i]);
}

void load_begins(struct model *model, struct process *process, const struct event *event)
{
	const struct event_load_begin *begin = &event->load_begin;
	struct load *load = g_new0(struct load, 1);

	span_begins(&load->span, SPAN_LOAD, process, begin->call, begin->parent, begin->tid,
		    event->time_ns);
	load->id = model->loads->len + 1;
	load->function = begin->function;
	load->requested = begin->requested_null ? NULL : model_intern(model, begin->requested);
	load->mode = begin->mode;
	load->lmid = begin->lmid;
	load->outcome = LOAD_IN_FLIGHT;
	load->error = load->directory = "";
	load->objects_added = g_ptr_array_new();
	take_stack(process, begin, load);
	g_ptr_array_add(model->loads, load);
}

struct load *model_load_of(const struct model *model, const struct event *event)
{
	const struct event_load_begin *begin = &event->load_begin;
	struct process *process = model_find_process(model, event->host, begin->pid,
						     begin->process);
	struct span *span = process ? process_span(process, begin->call) : NULL;

	return span && span->kind == SPAN_LOAD ? (struct load *)span : NULL;
}

static void remember_handle(struct process *process, struct load *load, uint32_t tid)
{
	uint64_t *key = g_new(uint64_t, 2);

	key[0] = load->handle;
	key[1] = tid;
	g_hash_table_replace(process->by_handle, key, load);
}

struct load *process_load_of_handle(const struct process *process, uint64_t handle, uint32_t tid)
{
	uint64_t same_thread[2] = { handle, tid }, any_thread[2] = { handle, 0 };
	struct load *load = g_hash_table_lookup(process->by_handle, same_thread);

	return load ? load : g_hash_table_lookup(process->by_handle, any_thread);
}

static void find_first_try(struct process *process, struct load *load)
{
	struct load *before = process_load_of_handle(process, load->handle, load->span.tid);
	const struct resolution *missing = before ? before->missing_init : NULL;

	if (!missing || !missing->convention || missing->convention->kind != EXPORT_HOOK ||
	    before->tried_again || before->caller.object != load->caller.object)
		return;
	before->tried_again = true;
	load->first_try = before;
}

static void load_succeeded(struct model *model, struct process *process, struct load *load)
{
	find_first_try(process, load);
	if (!load->object)
		load->object = process_object_of_handle(process, load->handle);
	remember_handle(process, load, load->span.tid);
	remember_handle(process, load, 0);
	failure_load_succeeded(model, load);
}

void load_ends(struct model *model, struct process *process, const struct event_load_end *end,
	       int64_t time_ns)
{
	struct span *span = process_open_span(process, end->call, SPAN_LOAD);
	struct load *load = (struct load *)span;

	process->tracer_ns = MAX(process->tracer_ns, end->tracer_total_ns);
	if (!span) {
		model->unpaired++; /* its begin was lost, or made before the session started */
		return;
	}
	span->cpu_ns = end->cpu_ns;
	span->minor_faults = end->minor_faults;
	span->major_faults = end->major_faults;
	span_ends(span, end->duration_ns, end->tracer_ns);
	load->outcome = end->outcome;
	load->handle = end->handle;
	load->error = model_intern(model, end->error);
	load->directory = model_intern(model, end->directory);
	load->memory_limit = end->memory_limit;
	load->uid = end->uid;
	if (end->outcome == LOAD_LOADED || end->outcome == LOAD_ALREADY)
		load_succeeded(model, process, load);
	else
		failure_of_load(model, load, time_ns);
}

/* --- inits ----------------------------------------------------------------------- */

/* What handed out the function of the init: a resolution, or the load of a module that
 * registers itself. */
static void find_origin(struct init *init, const struct process *process, uint64_t call)
{
	struct span *span = process_span(process, call);

	init->resolution = g_hash_table_lookup(process->resolutions, &call);
	if (!init->resolution && span && span->kind == SPAN_LOAD)
		init->load = (struct load *)span;
}

void init_begins(struct model *model, struct process *process, const struct event *event)
{
	const struct event_init_begin *begin = &event->init_begin;
	struct init *init = g_new0(struct init, 1);

	span_begins(&init->span, SPAN_INIT, process, begin->call, begin->parent, begin->tid,
		    event->time_ns);
	init->symbol = model_intern(model, begin->symbol);
	init->module_context = model_intern(model, begin->module_context);
	init->convention = convention_by_id(begin->convention);
	init->convention_id = model_intern(model, begin->convention);
	find_origin(init, process, begin->symbol_call);
	init->address = begin->address;
	init->object = process_object_at(process, begin->address);
	init->span.interpreter = begin->interpreter;
	g_ptr_array_add(model->inits, init);
}

void init_ends(struct model *model, struct process *process, const struct event_init_end *end)
{
	struct span *span = process_open_span(process, end->call, SPAN_INIT);
	struct init *init = (struct init *)span;

	process->tracer_ns = MAX(process->tracer_ns, end->tracer_total_ns);
	if (!span)
		return;
	span->cpu_ns = end->cpu_ns;
	span->minor_faults = end->minor_faults;
	span->major_faults = end->major_faults;
	span_ends(span, end->duration_ns, end->tracer_ns);
	init->outcome = end->outcome;
	init->kind = end->kind;
	init->result = end->result;
	init->failed = end->failed;
	init->exec_slots = end->exec_slots;
	init->interpreters = end->interpreters;
	init->exception = model_intern_or_null(model, end->exception);
	init->exception_text = model_intern_or_null(model, end->exception_text);
}

/* --- closes ---------------------------------------------------------------------- */

void close_begins(struct process *process, const struct event *event)
{
	const struct event_close_begin *begin = &event->close_begin;
	struct span *span = g_new0(struct span, 1);

	span_begins(span, SPAN_CLOSE, process, begin->call, begin->parent, begin->tid,
		    event->time_ns);
}

void close_ends(struct process *process, const struct event_close_end *end)
{
	struct span *span = process_open_span(process, end->call, SPAN_CLOSE);

	process->tracer_ns = MAX(process->tracer_ns, end->tracer_total_ns);
	if (span)
		span_ends(span, end->duration_ns, end->tracer_ns);
}
