/* SPDX-License-Identifier: MIT */
/*
 * Slots as they begin and end.
 *
 * They run after the init that returned the definition, and not inside it: the
 * interpreter calls them once it has the definition (PEP 489).
 */
#include "model_internal.h"

void slot_free(void *slot)
{
	g_free(slot);
}

/* The init of call `call`.  An interpreter may run the slots of one definition
 * again (another import, a reload), so the init has long returned. */
static struct init *init_of_call(const struct process *process, uint64_t call)
{
	struct span *span = process_span(process, call);

	return span && span->kind == SPAN_INIT ? (struct init *)span : NULL;
}

/* The interpreter that asked: 3.13 and later run the init function itself in the main
 * one, whoever asked (Python/import.c switch_to_main_interpreter). */
uint32_t init_interpreter(const struct init *init)
{
	const struct resolution *resolution = init->resolution;
	const struct load *load = resolution ? resolution->load : NULL;

	if (resolution && resolution->interp)
		return resolution->interp->interpreter;
	if (load && load->span.tid == init->span.tid && load->span.interp)
		return load->span.interp->interpreter;
	return init->span.interpreter;
}

static bool may_be_of(const struct init *init, const struct span *slot)
{
	uint32_t asked = init_interpreter(init);

	return init->span.tid == slot->tid &&
	       (!asked || !slot->interpreter || asked == slot->interpreter);
}

/* Interpreters share a module's definition.  The shim knows which init returned it
 * last, which may be another thread's meanwhile. */
static struct init *own_init(const struct model *model, struct init *last, const struct span *slot)
{
	guint i;

	if (!last || may_be_of(last, slot))
		return last;
	for (i = model->inits->len; i-- > 0;) {
		struct init *init = model->inits->pdata[i];

		if (init->span.process == slot->process && init->result == last->result &&
		    may_be_of(init, slot))
			return init;
	}
	return last;
}

void slot_begins(struct model *model, struct process *process, const struct event *event)
{
	const struct event_slot_begin *begin = &event->slot_begin;
	struct slot *slot = g_new0(struct slot, 1);

	span_begins(&slot->span, SPAN_SLOT, process, begin->call, begin->parent, begin->tid,
		    event->time_ns);
	slot->span.interpreter = begin->interpreter;
	slot->init = own_init(model, init_of_call(process, begin->init_call), &slot->span);
	slot->kind = MIN(begin->slot, SLOT_MEMBER);
	slot->index = begin->index;
	slot->module_name = model_intern(model, begin->module);
	g_ptr_array_add(model->slots, slot);
}

void slot_ends(struct model *model, struct process *process, const struct event_slot_end *end)
{
	struct span *span = process_open_span(process, end->call, SPAN_SLOT);
	struct slot *slot = (struct slot *)span;

	process->tracer_ns = MAX(process->tracer_ns, end->tracer_total_ns);
	if (!span)
		return;
	span->cpu_ns = end->cpu_ns;
	span->minor_faults = end->minor_faults;
	span->major_faults = end->major_faults;
	span_ends(span, end->duration_ns, end->tracer_ns);
	slot->outcome = end->outcome;
	slot->failed = end->failed;
	slot->result = end->result;
	slot->exception = model_intern_or_null(model, end->exception);
	slot->exception_text = model_intern_or_null(model, end->exception_text);
}

struct module *slot_module(const struct slot *slot)
{
	return slot->init ? slot->init->module : NULL;
}
