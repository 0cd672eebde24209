/* SPDX-License-Identifier: MIT */
/*
 * Spans: pairing of begin and end by call id, nesting by the parent's call id,
 * and the sums that follow.  Time stamps take no part in either.
 */
#include "model_internal.h"

/* a - b, never below zero: times come from two clocks */
static uint64_t difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

struct span *process_span(const struct process *process, uint64_t call)
{
	return call ? g_hash_table_lookup(process->by_call, &call) : NULL;
}

struct span *process_open_span(const struct process *process, uint64_t call, enum span_kind kind)
{
	struct span *span = process_span(process, call);

	return span && span->open && span->kind == kind ? span : NULL;
}

void span_begins(struct span *span, enum span_kind kind, struct process *process, uint64_t call,
		 uint64_t parent, uint32_t tid, int64_t time_ns)
{
	span->kind = kind;
	span->open = true;
	span->process = process;
	span->parent = process_span(process, parent);
	span->call = call;
	span->tid = tid;
	span->begin_ns = time_ns;
	g_ptr_array_add(process->spans, span);
	g_hash_table_replace(process->by_call, &span->call, span);
}

static void settle(struct span *span, uint64_t total_ns)
{
	span->open = false;
	span->total_ns = total_ns;
	span->self_ns = difference(total_ns, span->children_ns);
	span->process->native_load_ns += span->self_ns;
	if (span->parent)
		span->parent->children_ns += total_ns;
}

void span_ends(struct span *span, uint64_t duration_ns, uint64_t tracer_ns)
{
	settle(span, difference(duration_ns, tracer_ns));
}

/* The inner ones first: what began later. */
static void settle_open(struct process *process)
{
	guint i;

	for (i = process->spans->len; i-- > 0;) {
		struct span *span = process->spans->pdata[i];

		if (span->open) {
			settle(span, process->end_ns > span->begin_ns
					     ? (uint64_t)(process->end_ns - span->begin_ns)
					     : 0);
			span->open = true;
		}
	}
}

void spans_finish(struct model *model)
{
	guint i;

	for (i = 0; i < model->processes->len; i++)
		settle_open(model->processes->pdata[i]);
}
