/* SPDX-License-Identifier: MIT */
/*
 * Inits and slots that failed, and whatever had not returned when its process
 * ended.
 */
#include "model_internal.h"

#include <signal.h>
#include <string.h>

/* --- inits ----------------------------------------------------------------------- */

static void take_module(struct failure *failure, struct module *module)
{
	failure->module = module;
	if (!module)
		return;
	failure->object = module->object;
	failure->load = module->load;
	if (!module->failure)
		module->failure = failure;
}

/* A built-in module's function has no name that anybody knows. */
static char *describe_init(const struct init *init)
{
	if (init->convention && init->convention->kind == BUILTIN)
		return g_strdup_printf("the init function of %s", init->symbol);
	return g_strdup(init->symbol);
}

/* What became of an init that did not succeed: kind of failure, and the words. */
static const char *init_failure_kind(const struct init *init, const char **words)
{
	if (init_outcome(init) == MODULE_UNWOUND) {
		*words = "did not return: an exception or a longjmp left it";
		return "unwound";
	}
	/* one that failed is of a known convention (init_outcome) */
	if (init->convention->success == RUNTIME_SAYS) {
		*words = "left an exception";
		return "init-error";
	}
	*words = "returned NULL";
	return "init-null";
}

static void failure_of_init(struct model *model, const struct init *init)
{
	const char *words;
	const char *kind = init_failure_kind(init, &words);
	g_autofree char *subject = describe_init(init);
	g_autofree char *message = g_strdup_printf("%s %s", subject, words);
	struct failure *failure =
		failure_create(model, init->span.process, kind, message,
			       init->span.begin_ns + (int64_t)init->span.total_ns);

	if (init_outcome(init) != MODULE_UNWOUND)
		failure->hint = "the exception that the runtime raised tells why";
	take_module(failure, init->module);
}

/* --- slots ----------------------------------------------------------------------- */

static char *describe_slot(const struct slot *slot)
{
	return g_strdup_printf("%s: the %s function in m_slots[%u]",
			       *slot->module_name ? slot->module_name : "a module",
			       enum_name(enum_slot_kind, slot->kind), slot->index);
}

static const char *kind_of_slot_failure(const struct slot *slot)
{
	if (slot_outcome(slot) == MODULE_UNWOUND)
		return "unwound";
	return slot->kind == SLOT_CREATE ? "init-error" : "exec-error";
}

static void failure_of_slot(struct model *model, struct slot *slot)
{
	bool unwound = slot_outcome(slot) == MODULE_UNWOUND;
	g_autofree char *subject = describe_slot(slot);
	g_autofree char *message = g_strdup_printf(
		"%s %s", subject,
		unwound ? "did not return: an exception or a longjmp left it" : "failed");
	struct failure *failure = failure_create(
		model, slot->span.process, kind_of_slot_failure(slot), message,
		slot->span.begin_ns + (int64_t)slot->span.total_ns);

	if (!unwound)
		failure->hint = "the exception that the runtime raised tells why";
	take_module(failure, slot_module(slot));
}

static bool ended_badly(enum module_outcome outcome)
{
	return outcome == MODULE_FAILED || outcome == MODULE_UNWOUND;
}

void failures_of_inits(struct model *model)
{
	guint i;

	for (i = 0; i < model->inits->len; i++)
		if (ended_badly(init_outcome(model->inits->pdata[i])))
			failure_of_init(model, model->inits->pdata[i]);
	for (i = 0; i < model->slots->len; i++)
		if (ended_badly(slot_outcome(model->slots->pdata[i])))
			failure_of_slot(model, model->slots->pdata[i]);
}

/* --- what was still open at the end -------------------------------------------------- */

static bool is_crash(int signal_number)
{
	return signal_number == SIGSEGV || signal_number == SIGBUS || signal_number == SIGILL ||
	       signal_number == SIGFPE || signal_number == SIGABRT || signal_number == SIGTRAP ||
	       signal_number == SIGSYS;
}

static char *describe_end(const struct process *process)
{
	switch (process->outcome) {
	case PROCESS_EXITED: return g_strdup("the process exited");
	case PROCESS_KILLED:
		return g_strdup_printf("the process was killed by signal %d (%s)", process->signal,
				       strsignal(process->signal));
	case PROCESS_EXEC: return g_strdup("the process became another program");
	case PROCESS_RUNNING:
	case PROCESS_UNKNOWN: break;
	}
	return g_strdup("the trace ended");
}

static const char *kind_of_open(const struct span *span)
{
	const struct process *process = span->process;

	if (process->outcome == PROCESS_KILLED && is_crash(process->signal))
		return span->kind == SPAN_LOAD ? "crash-in-constructor" : "crash-in-init";
	if (process->outcome == PROCESS_EXITED && span->kind != SPAN_LOAD)
		return "exit-in-init";
	return "other";
}

static char *describe_open(const struct span *span)
{
	const char *requested;

	if (span->kind == SPAN_INIT)
		return describe_init((const struct init *)span);
	if (span->kind == SPAN_SLOT)
		return describe_slot((const struct slot *)span);
	requested = ((const struct load *)span)->requested;
	return g_strdup(requested ? requested : "dlopen(NULL)");
}

static void failure_of_open(struct model *model, struct span *span)
{
	g_autofree char *end = describe_end(span->process);
	g_autofree char *subject = describe_open(span);
	g_autofree char *message = g_strdup_printf("%s had not returned when %s", subject, end);
	struct failure *failure = failure_create(model, span->process, kind_of_open(span), message,
						 span->process->end_ns);

	if (span->process->outcome == PROCESS_KILLED || span->process->outcome == PROCESS_EXITED)
		failure->severity = SEVERITY_FATAL;
	if (span->kind == SPAN_LOAD) {
		failure->load = (struct load *)span;
		failure->requester = &failure->load->caller;
		failure->load->failure = failure;
	} else if (span->kind == SPAN_INIT) {
		take_module(failure, ((struct init *)span)->module);
	} else {
		take_module(failure, slot_module((struct slot *)span));
	}
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

/* Only the innermost open spans are where a process ended; those around them did
 * not return because of it. */
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
