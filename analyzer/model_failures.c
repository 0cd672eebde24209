/* SPDX-License-Identifier: MIT */
/*
 * Failures, and which of them were only probes.
 *
 * A failed load or lookup is a probe, something that the program shrugged off,
 * when
 *  - the same object later succeeds with the same purpose: for loads, a file of
 *    the same stem (libfoo.so.1, libfoo.so, foo.abi3.so: foo); for lookups, the
 *    same name elsewhere;
 *  - it is a lookup in no library in particular (RTLD_DEFAULT, RTLD_NEXT): the
 *    question is then whether anybody has it;
 *  - it is the runtime itself that looks for a name, other than a module's init
 *    function: names that only some libraries have are how runtimes ask;
 *  - it is an init function, and the module was found under another name.
 * Anything else is a failure, unless what the process did afterwards says
 * otherwise (model_severity.c).
 */
#include <string.h>

#include "cpython_failures.h"
#include "finding.h"
#include "model_internal.h"
#include "text.h"

struct failure *failure_create(struct model *model, struct process *process, const char *kind,
			       const char *message, int64_t time_ns)
{
	struct failure *failure = g_new0(struct failure, 1);

	failure->process = process;
	failure->kind = kind;
	failure->severity = SEVERITY_FAILURE;
	failure->message = model_intern(model, message);
	failure->time_ns = failure->last_ns = time_ns;
	failure->count = 1;
	failure->evidence = g_ptr_array_new();
	failure->searched = g_ptr_array_new();
	g_ptr_array_add(model->failures, failure);
	return failure;
}

void failure_free(void *data)
{
	struct failure *failure = data;

	g_ptr_array_free(failure->evidence, TRUE);
	g_ptr_array_free(failure->searched, TRUE);
	g_free(failure);
}

static void take_finding(struct model *model, struct failure *failure, struct finding *finding)
{
	failure->kind = finding->kind;
	failure->hint = finding->hint;
	failure->words = finding->headline;
	failure->file = model_intern_or_null(model, finding->file);
	failure->missing = model_intern_or_null(model, finding->missing);
	failure->needed_by = model_intern_or_null(model, finding->needed_by);
	finding_clear(finding);
}

/* --- failures that wait for a later success ---------------------------------------- */

struct purpose {
	uint64_t requester, name; /* addresses of the object and of the interned name */
};

static struct purpose purpose_of(const struct object *requester, const char *name)
{
	return (struct purpose){ (uintptr_t)requester, (uintptr_t)name };
}

static void pending_add(struct process *process, struct purpose purpose, struct failure *failure)
{
	failure->next_pending = g_hash_table_lookup(process->pending, &purpose);
	g_hash_table_replace(process->pending, g_memdup2(&purpose, sizeof(purpose)), failure);
}

static void pending_succeeded(struct model *model, struct process *process, struct purpose purpose,
			      const char *what)
{
	struct failure *failure = g_hash_table_lookup(process->pending, &purpose);

	if (!failure)
		return;
	for (; failure; failure = failure->next_pending)
		failure_judged(model, failure, SEVERITY_PROBE, "%s succeeded later", what);
	g_hash_table_remove(process->pending, &purpose);
}

/* --- loads ----------------------------------------------------------------------- */

/* What a load is for: the file's name without directory, "lib" and suffixes. */
static const char *name_of_purpose(struct model *model, const struct load *load)
{
	const char *stem = text_basename(load->requested);
	g_autofree char *name = NULL;

	if (g_str_has_prefix(stem, "lib"))
		stem += strlen("lib");
	/* no symbol has a blank in its name */
	name = g_strdup_printf("load %.*s", (int)strcspn(stem, "."), stem);
	return model_intern(model, name);
}

static struct purpose purpose_of_load(struct model *model, const struct load *load)
{
	return purpose_of(load->caller.object, name_of_purpose(model, load));
}

void failure_of_load(struct model *model, struct load *load, int64_t time_ns)
{
	struct process *process = load->span.process;
	struct finding finding;
	struct failure *failure;

	if (load->outcome == LOAD_UNWOUND) {
		failure = failure_create(
			model, process, "unwound",
			"the load did not return: an exception or a longjmp left it", time_ns);
	} else {
		failure = failure_create(model, process, "other", load->error, time_ns);
		finding = finding_from_text(load->error, load->requested);
		take_finding(model, failure, &finding);
	}
	failure->load = load;
	failure->span = &load->span;
	failure->requester = &load->caller;
	load->failure = failure;
	if (!load->requested)
		return;
	failure->purpose = name_of_purpose(model, load);
	pending_add(process, purpose_of_load(model, load), failure);
}

void failure_load_succeeded(struct model *model, struct load *load)
{
	struct process *process = load->span.process;

	if (load->requested && g_hash_table_size(process->pending))
		pending_succeeded(model, process, purpose_of_load(model, load), load->requested);
}

/* --- lookups --------------------------------------------------------------------- */

static bool in_no_library(uint64_t handle)
{
	return handle == 0 || handle == UINT64_MAX; /* RTLD_DEFAULT, RTLD_NEXT */
}

static void classify_lookup(struct model *model, struct failure *failure, const char *error,
			    bool init_symbol)
{
	struct finding finding = finding_from_text(error, NULL);

	take_finding(model, failure, &finding);
	if (!strcmp(failure->kind, "other"))
		failure->kind = "undefined-symbol";
	if (init_symbol)
		failure->kind = "init-symbol-missing";
	/* hints and dependants are about linking; this name was asked for */
	failure->hint = failure->words = NULL;
	failure->needed_by = NULL;
}

void failure_of_lookup(struct model *model, struct symbol *symbol, const struct event *event,
		       bool init_symbol)
{
	const struct event_symbol *source = &event->symbol;
	struct process *process = symbol->process;
	struct frame caller = process_frame(process, source->caller);
	struct failure *failure = symbol->failure;

	if (failure) {
		failure->count++;
		failure->last_ns = event->time_ns;
		return;
	}
	failure = failure_create(model, process, "",
				 *source->error ? source->error : "undefined symbol",
				 event->time_ns);
	classify_lookup(model, failure, source->error, init_symbol);
	failure->missing = symbol->name;
	failure->symbol = symbol;
	failure->object = symbol->object;
	failure->caller = caller;
	failure->span = process_span(process, source->parent);
	failure->requester = &failure->caller;
	symbol->failure = failure;
	if (in_no_library(source->handle))
		failure_judged(model, failure, SEVERITY_PROBE,
			       "the question was whether any library has it");
	else if (!init_symbol && caller.object && runtimes_without_fronts(caller.object->runtimes))
		failure_judged(model, failure, SEVERITY_PROBE,
			       "runtimes ask for names that only some libraries have");
	else
		pending_add(process, purpose_of(caller.object, symbol->name), failure);
}

void failure_lookup_succeeded(struct model *model, const struct symbol *symbol,
			      const struct event *event)
{
	struct process *process = symbol->process;

	if (g_hash_table_size(process->pending))
		pending_succeeded(model, process,
				  purpose_of(process_frame(process, event->symbol.caller).object,
					     symbol->name),
				  "the same lookup elsewhere");
}

/* --- finish ---------------------------------------------------------------------- */

static gint compare_time(gconstpointer a, gconstpointer b)
{
	const struct failure *first = *(struct failure *const *)a,
			     *second = *(struct failure *const *)b;

	return first->time_ns < second->time_ns ? -1 : first->time_ns > second->time_ns;
}

static bool has_entry(const struct load *load)
{
	return load->module && (load->module->init || load->bare_entry);
}

/* Init symbols that were found after all, by another name, or were not needed: the module
 * registers itself. */
static void settle_missing_init(struct model *model, struct load *load)
{
	struct resolution *missing;

	for (missing = load->missing_init; missing; missing = missing->also_missing) {
		if (missing->failure && has_entry(load))
			failure_judged(model, missing->failure, SEVERITY_PROBE, "the module has %s",
				       load->module->symbol);
		else if (missing->failure && load->tried_again)
			failure_judged(model, missing->failure, SEVERITY_PROBE,
				       "CPython looks for an export hook first");
	}
}

static void complete(struct model *model, struct failure *failure, uint32_t id)
{
	failure->id = id;
	failure_headline_finish(model, failure);
	if (failure->load)
		failure->requested_at = span_requested_at(&failure->load->span);
	if (!failure->requested_at && failure->symbol)
		failure->requested_at = failure->symbol->requested_at;
	if (!failure->requested_at && failure->module)
		failure->requested_at = failure->module->requested_at;
}

void failures_finish(struct model *model)
{
	guint i;

	for (i = 0; i < model->loads->len; i++)
		settle_missing_init(model, model->loads->pdata[i]);
	failures_of_inits(model);
	cpython_find_refusals(model);
	for (i = 0; i < model->processes->len; i++)
		failures_of_open(model, model->processes->pdata[i]);
	g_ptr_array_sort(model->failures, compare_time);
	failures_merge_bulk(model);
	failures_merge_retries(model);
	severities_finish(model);
	failures_of_null_calls(model);
	failures_merge_chains(model);
	for (i = 0; i < model->failures->len; i++)
		complete(model, model->failures->pdata[i], i + 1);
}
