/* SPDX-License-Identifier: MIT */
/*
 * Inits and slots that failed.
 */
#include "cpython_failures.h"
#include "model_internal.h"

/* --- inits ----------------------------------------------------------------------- */

void failure_take_module(struct failure *failure, struct module *module)
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
char *describe_init(const struct init *init)
{
	if (init->convention && init->convention->kind == BUILTIN)
		return g_strdup_printf("the init function of %s", init->symbol);
	return g_strdup(init->symbol);
}

/* What became of an init that did not succeed: kind of failure, and the words, which
 * the caller g_free()s. */
static const char *init_failure_kind(const struct init *init, char **words)
{
	if (init_outcome(init) == MODULE_UNWOUND) {
		*words = g_strdup("did not return: an exception or a longjmp left it");
		return "unwound";
	}
	/* one that failed is of a known convention (init_outcome) */
	switch (init->convention->success) {
	case RUNTIME_SAYS: *words = g_strdup("left an exception"); return "init-error";
	case TEXT_IS_FAILURE: *words = g_strdup("returned an error text"); return "init-error";
	case NULL_IS_FAILURE: *words = g_strdup("returned NULL"); return "init-null";
	default: break;
	}
	*words = g_strdup_printf("returned %d", (int32_t)init->result);
	return "init-error";
}

static void failure_of_any_init(struct model *model, const struct init *init)
{
	g_autofree char *words = NULL;
	const char *kind = init_failure_kind(init, &words);
	g_autofree char *subject = describe_init(init);
	g_autofree char *message = g_strdup_printf("%s %s", subject, words);
	struct failure *failure = failure_create(model, init->span.process, kind, message,
						 init->span.begin_ns +
							 (int64_t)init->span.total_ns);

	failure->span = &init->span;
	failure_take_module(failure, init->module);
}

/* A failure that the runtime has words for. */
static void failure_in_words(struct model *model, struct span *span, struct verdict *verdict,
			     struct module *module)
{
	struct failure *failure = failure_create(model, span->process, verdict->kind,
						 verdict->message,
						 span->begin_ns + (int64_t)span->total_ns);

	failure->hint = verdict->hint;
	failure->span = span;
	failure_take_module(failure, module);
	g_free(verdict->message);
}

static void failure_of_init(struct model *model, struct init *init)
{
	struct verdict verdict;

	if (init_outcome(init) == MODULE_FAILED && cpython_judge_init(init, &verdict))
		failure_in_words(model, &init->span, &verdict, init->module);
	else
		failure_of_any_init(model, init);
}

/* --- slots ----------------------------------------------------------------------- */

char *describe_slot(const struct slot *slot)
{
	const struct module *module = slot_module(slot);

	if (slot->kind == SLOT_MEMBER)
		return g_strdup_printf("%s of %s", slot->module_name,
				       module ? module->name : "a module");
	return g_strdup_printf("%s: the %s function in m_slots[%u]",
			       *slot->module_name ? slot->module_name : "a module",
			       enum_name(enum_slot_kind, slot->kind), slot->index);
}

static const char *kind_of_slot_failure(const struct slot *slot)
{
	if (slot_outcome(slot) == MODULE_UNWOUND)
		return "unwound";
	return slot->kind == SLOT_EXEC ? "exec-error" : "init-error";
}

static char *words_of_slot_failure(const struct slot *slot)
{
	if (slot_outcome(slot) == MODULE_UNWOUND)
		return g_strdup("did not return: an exception or a longjmp left it");
	return slot->kind == SLOT_MEMBER ? g_strdup_printf("returned %d", (int32_t)slot->result)
					 : g_strdup("failed");
}

static void failure_of_any_slot(struct model *model, const struct slot *slot)
{
	g_autofree char *subject = describe_slot(slot), *words = words_of_slot_failure(slot);
	g_autofree char *message = g_strdup_printf("%s %s", subject, words);
	struct failure *failure = failure_create(
		model, slot->span.process, kind_of_slot_failure(slot), message,
		slot->span.begin_ns + (int64_t)slot->span.total_ns);

	failure->span = &slot->span;
	failure_take_module(failure, slot_module(slot));
}

static void failure_of_slot(struct model *model, struct slot *slot)
{
	struct verdict verdict;

	if (slot_outcome(slot) == MODULE_FAILED && cpython_judge_slot(slot, &verdict))
		failure_in_words(model, &slot->span, &verdict, slot_module(slot));
	else
		failure_of_any_slot(model, slot);
}

static bool ended_badly(enum module_outcome outcome)
{
	return outcome == MODULE_FAILED || outcome == MODULE_UNWOUND;
}

/* Of a module that was there already, a function that is called again may say that it has
 * not what it was asked for. */
static bool is_an_answer(const struct init *init)
{
	return init->module->init != init && init->module->outcome == MODULE_OK;
}

void failures_of_inits(struct model *model)
{
	guint i;

	for (i = 0; i < model->inits->len; i++) {
		struct init *init = model->inits->pdata[i];

		if (ended_badly(init_outcome(init)) && !is_an_answer(init))
			failure_of_init(model, init);
	}
	for (i = 0; i < model->slots->len; i++)
		if (ended_badly(slot_outcome(model->slots->pdata[i])))
			failure_of_slot(model, model->slots->pdata[i]);
}
