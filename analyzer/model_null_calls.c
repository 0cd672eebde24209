/* SPDX-License-Identifier: MIT */
/*
 * Crashes of programs that call what dlsym did not find.
 *
 * A process that died of SIGSEGV within RECENT_NS of a lookup that found nothing, and
 * had loaded nothing in between, most likely called that NULL.
 */
#include "model_internal.h"

#include <signal.h>

#include "text.h"

#define RECENT_NS INT64_C(1000000000)

/* The process's last failed lookup, or NULL. */
static struct failure *last_lookup(const struct model *model, const struct process *process)
{
	struct failure *last = NULL;
	guint i;

	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i];

		if (failure->process == process && failure->symbol &&
		    (!last || failure->last_ns > last->last_ns))
			last = failure;
	}
	return last;
}

static bool nothing_since(const struct process *process, int64_t time_ns)
{
	const GPtrArray *spans = process->spans;

	return !spans->len ||
	       ((const struct span *)spans->pdata[spans->len - 1])->begin_ns <= time_ns;
}

static bool is_suspect(const struct model *model, const struct process *process)
{
	return process->outcome == PROCESS_KILLED && process->signal == SIGSEGV &&
	       !model->lost_events;
}

/* The innermost call that was open around the lookup when the process ended. */
static struct failure *crash_around(const struct model *model, const struct failure *lookup)
{
	guint i;

	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i];

		if (lookup->span && failure->span == lookup->span && lookup->span->open &&
		    failure != lookup)
			return failure;
	}
	return NULL;
}

static void tell_around(struct model *model, struct failure *crash, struct failure *lookup)
{
	if (crash->load && crash->span == &crash->load->span && crash->load->requested)
		failure_says(model, crash,
			     "the process crashed (SIGSEGV) while loading %s, most likely in a "
			     "constructor that called %s, which dlsym had not found",
			     text_basename(crash->load->requested),
			     model_readable(model, lookup->missing));
	else
		failure_says(model, crash,
			     "%s, most likely by calling %s, which dlsym had not found",
			     crash->headline, model_readable(model, lookup->missing));
	failure_shows(model, crash, "%s", lookup->message);
	crash->missing = lookup->missing;
	lookup->merged_into = crash;
}

static void tell_alone(struct model *model, struct failure *lookup)
{
	const struct process *process = lookup->process;
	g_autofree char *time = text_time((uint64_t)MAX(process->end_ns - lookup->last_ns, 0));

	lookup->crash = process->crash;
	failure_says(
		model, lookup,
		"the process crashed (SIGSEGV)%s by calling %s, which dlsym had not found in %s",
		process->crash ? "" : ", most likely", model_readable(model, lookup->missing),
		lookup->object && *lookup->object->path ? text_basename(lookup->object->path)
							: "any loaded library");
	failure_judged(model, lookup, SEVERITY_FATAL,
		       "the process was killed by SIGSEGV %s later, and had loaded nothing more",
		       time);
}

/* Where the crash itself was seen it tells: a call through NULL has no instruction. */
static bool may_be_null_call(const struct process *process, const struct failure *lookup)
{
	if (process->crash)
		return crash_called_null(process->crash);
	return process->end_ns - lookup->last_ns <= RECENT_NS;
}

static void look_at(struct model *model, const struct process *process)
{
	struct failure *lookup = is_suspect(model, process) ? last_lookup(model, process) : NULL;
	struct failure *crash;

	if (!lookup || !nothing_since(process, lookup->last_ns) ||
	    !may_be_null_call(process, lookup))
		return;
	crash = crash_around(model, lookup);
	if (crash)
		tell_around(model, crash, lookup);
	else
		tell_alone(model, lookup);
}

void failures_of_null_calls(struct model *model)
{
	guint i;

	for (i = 0; i < model->processes->len; i++)
		look_at(model, model->processes->pdata[i]);
}
