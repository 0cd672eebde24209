/* SPDX-License-Identifier: MIT */
/*
 * What was in flight when a process ended, or when its trace did.
 *
 * Begin events are in the buffer before the code that they announce runs, so an
 * open span is where the process was.  Only the innermost open spans are: those
 * around them did not return because of it.
 */
#include "model_internal.h"

#include <signal.h>
#include <string.h>

#include "text.h"

static bool is_crash(int signal_number)
{
	return signal_number == SIGSEGV || signal_number == SIGBUS || signal_number == SIGILL ||
	       signal_number == SIGFPE || signal_number == SIGABRT || signal_number == SIGTRAP ||
	       signal_number == SIGSYS;
}

/* --- how the process ended --------------------------------------------------------- */

static char *describe_end(const struct process *process)
{
	switch (process->outcome) {
	case PROCESS_EXITED:
		return process->exit_status < 0
			       ? g_strdup("the process exited")
			       : g_strdup_printf("the process exited with status %d",
						 process->exit_status);
	case PROCESS_KILLED:
		return g_strdup_printf("the process was killed by signal %d (%s)", process->signal,
				       strsignal(process->signal));
	case PROCESS_EXEC: return g_strdup("the process became another program");
	case PROCESS_RUNNING: return g_strdup("the recording ended");
	case PROCESS_UNKNOWN: break;
	}
	if (process->gone)
		return g_strdup("the process ended without a farewell (killed, or by a system call "
				"of its own)");
	return g_strdup("the trace ended");
}

/* The same as the beginning of a sentence: "the process ... inside of". */
static char *headline_end(const struct process *process)
{
	const char *name = sigabbrev_np(process->signal);

	if (process->outcome == PROCESS_EXITED)
		return g_strdup("the process exited");
	if (process->outcome != PROCESS_KILLED)
		return process->gone ? g_strdup("the process ended") : NULL;
	return g_strdup_printf("the process %s (SIG%s)",
			       process->signal == SIGABRT  ? "was aborted"
			       : is_crash(process->signal) ? "crashed"
							   : "was killed",
			       name ? name : "?");
}

/* --- where it was ------------------------------------------------------------------ */

static char *describe_open(const struct span *span)
{
	const char *requested;

	if (span->kind == SPAN_INIT)
		return describe_init((const struct init *)span);
	if (span->kind == SPAN_SLOT)
		return describe_slot((const struct slot *)span);
	if (span->kind == SPAN_CLOSE)
		return g_strdup("a dlclose");
	requested = ((const struct load *)span)->requested;
	return g_strdup(requested ? requested : "dlopen(NULL)");
}

/* A constructor is what takes long or crashes in a load; mapping, relocation and
 * IFUNC resolvers are inside of it as well. */
static char *headline_place(const struct span *span)
{
	g_autofree char *subject = describe_open(span);

	if (span->kind == SPAN_LOAD)
		return g_strdup_printf("while loading %s, most likely in its constructor",
				       text_basename(subject));
	return g_strdup_printf("inside %s", subject);
}

static char *headline_subject(const struct span *span)
{
	g_autofree char *subject = describe_open(span);

	if (span->kind == SPAN_LOAD)
		return g_strdup_printf("the load of %s", text_basename(subject));
	return g_steal_pointer(&subject);
}

/* --- for how long ------------------------------------------------------------------ */

static uint64_t in_flight_ns(const struct model *model, const struct span *span)
{
	const struct process *process = span->process;
	bool until_end = process->outcome == PROCESS_RUNNING ||
			 (process->outcome == PROCESS_UNKNOWN && !process->gone);
	int64_t end_ns = until_end ? MAX(model->end_ns, process->end_ns) : process->end_ns;

	return end_ns > span->begin_ns ? (uint64_t)(end_ns - span->begin_ns) : 0;
}

/* A process that ended in it by itself did not hang. */
static bool is_hang(const struct model *model, const struct span *span)
{
	const struct process *process = span->process;

	if (process->outcome == PROCESS_EXITED || process->outcome == PROCESS_EXEC ||
	    (process->outcome == PROCESS_KILLED && is_crash(process->signal)))
		return false;
	return in_flight_ns(model, span) >= model->hang_after_ns;
}

/* --- the failure ------------------------------------------------------------------- */

/* Where the crash was seen, in another thread. */
static bool is_bystander(const struct span *span)
{
	const struct crash *crash = span->process->crash;

	return crash && crash->tid != span->tid;
}

/* Where events are missing the end may be among them. */
static bool is_certain(const struct model *model)
{
	return !model->lost_events;
}

static const char *kind_of_open(const struct model *model, const struct span *span)
{
	const struct process *process = span->process;

	if (!is_certain(model))
		return "other";
	if (is_hang(model, span))
		return "hang";
	if (is_bystander(span))
		return "other";
	if (process->outcome == PROCESS_KILLED && is_crash(process->signal))
		return span->kind == SPAN_LOAD ? "crash-in-constructor" : "crash-in-init";
	return process->outcome == PROCESS_EXITED ? "exit-in-init" : "other";
}

static void say_headline(struct model *model, struct failure *failure, const struct span *span)
{
	g_autofree char *time = text_time(in_flight_ns(model, span));
	g_autofree char *subject = headline_subject(span);
	g_autofree char *place = headline_place(span);
	g_autofree char *end = headline_end(span->process);

	if (!is_certain(model))
		failure_says(model, failure,
			     "%s has no end in what is left of the trace: it may have returned",
			     subject);
	else if (!strcmp(failure->kind, "hang"))
		failure_says(model, failure, "%s hung: it had not returned after %s", subject,
			     time);
	else if (is_bystander(span))
		failure_says(model, failure, "%s was under way when another thread crashed",
			     subject);
	else if (end)
		failure_says(model, failure, "%s %s", end, place);
	else
		failure_says(model, failure, "%s had not returned after %s when the trace ended",
			     subject, time);
}

static void show_surroundings(struct model *model, struct failure *failure, const struct span *span)
{
	const struct process *process = span->process;
	bool end_known = process->outcome != PROCESS_UNKNOWN || !process->gone;
	g_autofree char *time = text_time(
		end_known ? in_flight_ns(model, span)
			  : (uint64_t)MAX(process->gone_by_ns - span->begin_ns, 0));
	const struct span *outer;

	failure_shows(model, failure,
		      end_known ? "begun %s before the end, by thread %u"
				: "begun at most %s before the end, which nobody saw, by thread %u",
		      time, span->tid);
	for (outer = span->parent; outer; outer = outer->parent) {
		g_autofree char *subject = headline_subject(outer);

		failure_shows(model, failure, "inside %s", subject);
	}
}

/* With a signal only the thread that it hit is to blame, and which one that was is
 * not known. */
static void show_others(struct model *model, struct failure *failure, const struct span *span)
{
	const GPtrArray *spans = span->process->spans;
	guint i;

	for (i = 0; i < spans->len; i++) {
		const struct span *other = spans->pdata[i];
		g_autofree char *subject = NULL;

		if (!other->open || other->open_inside || other->tid == span->tid)
			continue;
		subject = headline_subject(other);
		failure_shows(model, failure, "thread %u was in %s at the same time", other->tid,
			      subject);
	}
}

static void take_subject(struct failure *failure, struct span *span)
{
	failure->span = span;
	if (span->kind == SPAN_LOAD) {
		failure->load = (struct load *)span;
		failure->requester = &failure->load->caller;
		failure->load->failure = failure;
	} else if (span->kind == SPAN_INIT) {
		failure_take_module(failure, ((struct init *)span)->module);
	} else {
		failure_take_module(failure, slot_module((struct slot *)span));
	}
}

static void judge(struct model *model, struct failure *failure, const struct process *process)
{
	bool ended = process->outcome == PROCESS_KILLED || process->outcome == PROCESS_EXITED ||
		     process->gone;

	if (!is_certain(model))
		failure_judged(model, failure, SEVERITY_FAILURE,
			       "events were lost, its end may be among them");
	else if (is_bystander(failure->span))
		failure_judged(model, failure, SEVERITY_FAILURE,
			       "the process ended in another thread");
	else if (ended)
		failure_judged(model, failure, SEVERITY_FATAL, "the process ended inside it");
}

static void failure_of_open(struct model *model, struct span *span)
{
	g_autofree char *end = describe_end(span->process);
	g_autofree char *subject = describe_open(span);
	g_autofree char *message = g_strdup_printf("%s had not returned when %s", subject, end);
	struct failure *failure = failure_create(model, span->process, kind_of_open(model, span),
						 message, span->process->end_ns);

	take_subject(failure, span);
	failure->crash = is_bystander(span) ? NULL : span->process->crash;
	say_headline(model, failure, span);
	show_surroundings(model, failure, span);
	show_others(model, failure, span);
	judge(model, failure, span->process);
}

static void mark_open_inside(struct process *process)
{
	guint i;

	for (i = 0; i < process->spans->len; i++) {
		struct span *span = process->spans->pdata[i];

		if (span->open && span->parent)
			span->parent->open_inside = true;
	}
}

void failures_of_open(struct model *model, struct process *process)
{
	guint i;

	mark_open_inside(process);
	for (i = 0; i < process->spans->len; i++) {
		struct span *span = process->spans->pdata[i];

		if (span->open && !span->open_inside && span->kind != SPAN_CLOSE)
			failure_of_open(model, span);
	}
}
