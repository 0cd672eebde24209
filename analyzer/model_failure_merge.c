/* SPDX-License-Identifier: MIT */
/*
 * One entry per story.
 *
 *  - Retries: the same requester fails again at the same thing, by the same or
 *    another name of it.  The first failure stays, with a count.
 *  - Chains: a load or lookup that fails inside an init or slot that then fails
 *    too is why.  The inner failure stays, and says what else failed of it.
 *  - A name that was not there, where another name of the same thing got further,
 *    was only tried.
 */
#include "model_internal.h"

#include <string.h>

#include "text.h"

/* The failure that speaks for this one. */
static struct failure *speaker(struct failure *failure)
{
	while (failure && failure->merged_into)
		failure = failure->merged_into;
	return failure;
}

void failure_merge(struct failure *into, struct failure *from)
{
	from->merged_into = into;
	into->count += from->count;
	into->last_ns = from->time_ns;
}

/* --- retries -------------------------------------------------------------------------- */

struct story {
	const struct process *process;
	const struct object *requester;
	const char *kind, *purpose;
	enum severity severity;
};

static guint story_hash(gconstpointer key)
{
	const struct story *story = key;

	return g_direct_hash(story->process) ^ g_direct_hash(story->requester) * 31 ^
	       g_direct_hash(story->purpose) * 17 ^ g_str_hash(story->kind) ^
	       (guint)story->severity;
}

static gboolean story_equal(gconstpointer a, gconstpointer b)
{
	const struct story *first = a, *second = b;

	return first->process == second->process && first->requester == second->requester &&
	       first->purpose == second->purpose && first->severity == second->severity &&
	       !strcmp(first->kind, second->kind);
}

static struct story story_of(const struct failure *failure)
{
	return (struct story){ failure->process,
			       failure->requester ? failure->requester->object : NULL,
			       failure->kind, failure->purpose, failure->severity };
}

/* Another name of the same is worth a line, the same name only counts. */
static void note_name(struct model *model, struct failure *first, const struct failure *again)
{
	const char *requested = again->load ? again->load->requested : NULL;

	if (requested && first->load && first->load->requested != requested &&
	    first->evidence->len < 8)
		failure_shows(model, first, "also tried: %s", requested);
}

static void merge_retries(struct model *model)
{
	g_autoptr(GHashTable)
		stories = g_hash_table_new_full(story_hash, story_equal, g_free, NULL);
	guint i;

	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i], *first;
		struct story story = story_of(failure);

		if (!failure->purpose || failure->merged_into)
			continue;
		first = g_hash_table_lookup(stories, &story);
		if (!first) {
			g_hash_table_insert(stories, g_memdup2(&story, sizeof(story)), failure);
			continue;
		}
		note_name(model, first, failure);
		failure_merge(first, failure);
	}
}

/* --- names that only were tried --------------------------------------------------------- */

/* Later ones that did not end at the name; those of other kinds or tries are none. */
static bool got_further(const struct failure *failure)
{
	return failure->load && failure->purpose && failure->severity != SEVERITY_PROBE &&
	       strcmp(failure->kind, "file-not-found");
}

static bool only_tried(const struct failure *failure)
{
	return failure->load && failure->purpose && failure->severity != SEVERITY_PROBE &&
	       !strcmp(failure->kind, "file-not-found");
}

static struct story attempt_of(const struct failure *failure)
{
	struct story attempt = story_of(failure);

	attempt.kind = "";
	attempt.severity = SEVERITY_FAILURE;
	return attempt;
}

/* Backwards: what got further is met before what was tried first. */
static void demote_tries(struct model *model)
{
	g_autoptr(GHashTable)
		further = g_hash_table_new_full(story_hash, story_equal, g_free, NULL);
	guint i;

	for (i = model->failures->len; i-- > 0;) {
		struct failure *failure = model->failures->pdata[i];
		struct story attempt = attempt_of(failure);
		const struct failure *later = g_hash_table_lookup(further, &attempt);

		if (got_further(failure))
			g_hash_table_replace(further, g_memdup2(&attempt, sizeof(attempt)),
					     failure);
		else if (later && only_tried(failure))
			failure_judged(model, failure, SEVERITY_PROBE,
				       "%s was tried next, and got further",
				       later->load->requested);
	}
}

/* --- chains ----------------------------------------------------------------------------- */

/* The last failure directly or further inside `span` on its way out. */
static struct failure *cause_inside(const struct model *model, const struct span *span,
				    const struct failure *outer)
{
	guint i;

	for (i = model->failures->len; i-- > 0;) {
		struct failure *failure = model->failures->pdata[i];
		const struct span *around = failure->span;

		if (failure == outer || failure->severity == SEVERITY_PROBE)
			continue;
		for (; around; around = around->parent)
			if (around == span && failure->span != span)
				return speaker(failure);
	}
	return NULL;
}

/* What an init or slot did after that: had it gone on loading, it had coped. */
static bool coped(const struct span *span, const struct failure *cause)
{
	const GPtrArray *spans = span->process->spans;
	guint i;

	for (i = 0; i < spans->len; i++) {
		const struct span *other = spans->pdata[i];

		if (other->parent == span && other->begin_ns > cause->time_ns)
			return true;
	}
	return false;
}

static bool is_consequence(const struct failure *failure)
{
	return failure->span &&
	       (failure->span->kind == SPAN_INIT || failure->span->kind == SPAN_SLOT) &&
	       !failure->span->open;
}

static void merge_chain(struct model *model, struct failure *outer)
{
	struct failure *cause = cause_inside(model, outer->span, outer);

	if (!cause || cause == outer || coped(outer->span, cause))
		return;
	failure_headline_finish(model, outer);
	failure_shows(model, cause, "and so: %s", outer->headline);
	if (outer->severity > cause->severity) {
		cause->severity = outer->severity;
		cause->reason = outer->reason;
	}
	if (!cause->module)
		cause->module = outer->module;
	outer->merged_into = cause;
}

static void merge_chains(struct model *model)
{
	guint i;

	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i];

		if (is_consequence(failure))
			merge_chain(model, failure);
	}
}

/* --- afterwards --------------------------------------------------------------------------- */

static void drop_merged(struct model *model)
{
	guint i, kept = 0;

	for (i = 0; i < model->loads->len; i++) {
		struct load *load = model->loads->pdata[i];

		load->failure = speaker(load->failure);
	}
	for (i = 0; i < model->modules->len; i++) {
		struct module *module = model->modules->pdata[i];

		module->failure = speaker(module->failure);
	}
	for (i = 0; i < model->symbols->len; i++) {
		struct symbol *symbol = model->symbols->pdata[i];

		symbol->failure = speaker(symbol->failure);
	}
	/* those that others speak for go last, and then go */
	g_ptr_array_set_free_func(model->failures, NULL);
	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i];

		if (failure->merged_into)
			failure_free(failure);
		else
			model->failures->pdata[kept++] = failure;
	}
	g_ptr_array_set_size(model->failures, (gint)kept);
	g_ptr_array_set_free_func(model->failures, failure_free);
}

void failures_merge_retries(struct model *model)
{
	demote_tries(model);
	merge_retries(model);
	drop_merged(model);
}

void failures_merge_chains(struct model *model)
{
	merge_chains(model);
	drop_merged(model);
}
