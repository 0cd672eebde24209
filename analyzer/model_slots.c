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

void slot_begins(struct model *model, struct process *process, const struct event *event)
{
	const struct event_slot_begin *begin = &event->slot_begin;
	struct slot *slot = g_new0(struct slot, 1);

	span_begins(&slot->span, SPAN_SLOT, process, begin->call, begin->parent, begin->tid,
		    event->time_ns);
	slot->init = init_of_call(process, begin->init_call);
	slot->kind = begin->slot == SLOT_CREATE ? SLOT_CREATE : SLOT_EXEC;
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
