/* SPDX-License-Identifier: MIT */
/*
 * How bad a failure was, by what the process did afterwards.
 *
 * model_failures.c knows the probes that a later success shows.  Here:
 *
 *  - probe: the interpreter's code that asked caught the error.  It did when the
 *    outermost frame of that time is still there in a later load of the thread, or
 *    when the process then exited with status 0.
 *    Likewise of any program, when the process went on to become another one, and of
 *    files that a runtime looks for in case that they are there.
 *  - fatal: the process exited with another status within FATAL_WITHIN_NS, and had
 *    loaded nothing more.
 *
 * The exit status is known of the recorded command itself, not of its children.
 * Where events were lost, nothing is concluded from what is not in the trace.
 */
#include "model_internal.h"

#include "text.h"

#define FATAL_WITHIN_NS INT64_C(250000000)

static const struct interp_stack *stack_of_failure(const struct failure *failure)
{
	const struct module *module = failure->module;

	if (failure->span && failure->span->interp)
		return failure->span->interp;
	if (failure->load && failure->load->span.interp)
		return failure->load->span.interp;
	if (module && module->init && module->init->span.interp)
		return module->init->span.interp;
	if (module && module->init && module->init->resolution && module->init->resolution->interp)
		return module->init->resolution->interp;
	return module && module->load ? module->load->span.interp : NULL;
}

static uint32_t tid_of_failure(const struct failure *failure)
{
	if (failure->span)
		return failure->span->tid;
	return failure->load ? failure->load->span.tid : 0;
}

static const struct place *outermost(const struct interp_stack *stack)
{
	return stack && stack->depth && !stack->cut ? &stack->places[stack->depth - 1] : NULL;
}

/* Texts are interned. */
static bool same_frame(const struct place *a, const struct place *b)
{
	return a && b && a->function == b->function && a->file == b->file;
}

/* --- what came later ----------------------------------------------------------------- */

struct later {
	const struct span *any;	     /* the first span that began after it */
	const struct span *survived; /* the first in which its outermost frame still is */
};

static void look_at(const struct failure *failure, const struct span *span, struct later *later)
{
	if (span->begin_ns <= failure->last_ns)
		return;
	if (!later->any)
		later->any = span;
	if (!later->survived && span->tid == tid_of_failure(failure) &&
	    same_frame(outermost(stack_of_failure(failure)), outermost(span->interp)))
		later->survived = span;
}

static struct later what_came_later(const struct failure *failure)
{
	const GPtrArray *spans = failure->process->spans;
	struct later later = { NULL, NULL };
	guint i;

	for (i = 0; i < spans->len && !later.survived; i++)
		look_at(failure, spans->pdata[i], &later);
	return later;
}

/* --- the rules ------------------------------------------------------------------------ */

static bool judge_optional(struct model *model, struct failure *failure)
{
	if (!failure->load || !g_str_has_suffix(failure->kind, "-not-found") ||
	    !load_is_optional(failure->load))
		return false;
	failure_judged(model, failure, SEVERITY_PROBE, "the runtime does without this file");
	return true;
}

static bool judge_caught(struct model *model, struct failure *failure, const struct later *later)
{
	const struct interp_stack *stack = stack_of_failure(failure);

	if (later->survived) {
		const struct place *place =
			&later->survived->interp->places[later->survived->interp->depth - 1];

		failure_judged(model, failure, SEVERITY_PROBE,
			       "the program caught the error and went on (%s:%u)", place->file,
			       place->line);
		return true;
	}
	if (failure->process->outcome == PROCESS_EXEC) {
		failure_judged(model, failure, SEVERITY_PROBE,
			       "the process went on, and became another program");
		return true;
	}
	if (!stack)
		return false;
	if (failure->process->outcome != PROCESS_EXITED || failure->process->exit_status != 0)
		return false;
	failure_judged(model, failure, SEVERITY_PROBE,
		       "the program caught the error and exited with status 0");
	return true;
}

bool failure_precedes_exit(const struct failure *failure)
{
	const struct process *process = failure->process;

	return process->outcome == PROCESS_EXITED && process->exit_status > 0 &&
	       process->end_ns - failure->last_ns <= FATAL_WITHIN_NS;
}

static void judge_exit(struct model *model, struct failure *failure, const struct later *later)
{
	const struct process *process = failure->process;
	int64_t after_ns = process->end_ns - failure->last_ns;
	bool nothing_more = !later->any || stack_of_failure(failure);
	g_autofree char *time = NULL;

	if (!nothing_more || !failure_precedes_exit(failure))
		return;
	time = text_time((uint64_t)MAX(after_ns, 0));
	failure_judged(model, failure, SEVERITY_FATAL, "the process exited with status %d %s later",
		       process->exit_status, time);
}

/* Neither a probe nor the end of the process. */
static void judge_rest(struct model *model, struct failure *failure)
{
	const struct process *process = failure->process;
	bool well = process->outcome == PROCESS_EXITED && process->exit_status == 0;

	if (failure->reason || !failure->requester)
		return;
	failure_judged(model, failure, SEVERITY_FAILURE,
		       "nothing was found in its place later; the process %s",
		       well ? "went on and exited with status 0" : "went on");
}

static void judge(struct model *model, struct failure *failure)
{
	struct later later;

	if (failure->severity != SEVERITY_FAILURE || failure->reason)
		return;
	if (judge_optional(model, failure))
		return;
	later = what_came_later(failure);
	if (judge_caught(model, failure, &later))
		return;
	if (model->lost_events)
		failure_judged(model, failure, SEVERITY_FAILURE,
			       "events were lost: a later success may be among them");
	else
		judge_exit(model, failure, &later);
	judge_rest(model, failure);
}

void severities_finish(struct model *model)
{
	guint i;

	for (i = 0; i < model->failures->len; i++)
		judge(model, model->failures->pdata[i]);
}
