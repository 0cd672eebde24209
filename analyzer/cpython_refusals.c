/* SPDX-License-Identifier: MIT */
/*
 * Modules whose definition CPython did not take: their init function or export hook
 * returned well, and yet none of its exec functions was called.  The exception that
 * CPython raises then passes none of our functions (Objects/moduleobject.c
 * PyModule_FromDefAndSpec2), but what the definition says often tells why.
 */
#include <string.h>

#include "cpython_failures.h"
#include "model_internal.h"

/* Values of Py_mod_multiple_interpreters, plus 1 as in the trace. */
enum { NOT_SUPPORTED = 1, OWN_GIL_SUPPORTED = 3 };

static bool was_executed(const struct module *module)
{
	const struct init *init = module->init;

	return !init || module->outcome != MODULE_OK || !init->exec_slots || module->slots_run;
}

static bool in_sub_interpreter(const struct module *module)
{
	return module->interpreter && strcmp(module->interpreter, "main") != 0;
}

static void refuse(struct model *model, struct module *module)
{
	const struct init *init = module->init;
	int64_t end_ns = init->span.begin_ns + (int64_t)init->span.total_ns;
	struct failure *failure = failure_create(
		model, module->process, "init-bad-result",
		"none of the exec functions of its definition was called", end_ns);

	failure->span = &init->span;
	failure_take_module(failure, module);
	module->outcome = MODULE_FAILED;
	if (in_sub_interpreter(module) && init->interpreters != OWN_GIL_SUPPORTED) {
		failure_says(model, failure,
			     "module %s does not support loading in subinterpreters%s",
			     module->name,
			     init->interpreters == NOT_SUPPORTED ? "" : " with a GIL of their own");
		failure->hint = "its definition says so, in Py_mod_multiple_interpreters or by "
				"not having it";
		return;
	}
	failure_says(model, failure, "the definition of module %s was not accepted", module->name);
	failure->hint = "Py_mod_abi, an unknown or doubled slot, or a state size below 0; or the "
			"program created the module without executing it";
}

void cpython_find_refusals(struct model *model)
{
	guint i;

	if (model->lost_events || !model->slots->len)
		return;
	for (i = 0; i < model->modules->len; i++)
		if (!was_executed(model->modules->pdata[i]))
			refuse(model, model->modules->pdata[i]);
}
