/* SPDX-License-Identifier: MIT */
/*
 * Init and slot functions that went wrong: the words are those of the exceptions that
 * CPython raises for them (3.11: Python/importdl.c, Objects/moduleobject.c; 2.7:
 * Python/importdl.c), so that they can be searched for.
 */
#include "cpython_failures.h"

#include <glib.h>
#include <string.h>

#define DEFINITION_HINT "return PyModuleDef_Init(&definition), or what PyModule_Create() returned"
#define SILENT_HINT	"the function gave NULL or -1: it has to set an exception, or to return success"
#define STRAY_HINT	"the function succeeded and left an exception set: clear it or fail"

static bool is_cpython2(const struct init *init)
{
	return !strcmp(init->convention->runtime, "cpython2");
}

static const char *module_name(const struct init *init)
{
	return init->module ? init->module->name : init->symbol;
}

/* TYPE: text */
static char *describe(const char *exception, const char *text)
{
	return *text ? g_strdup_printf("%s: %s", exception, text) : g_strdup(exception);
}

static struct verdict verdict_of(const char *kind, const char *hint, char *message)
{
	return (struct verdict){ .kind = kind, .hint = hint, .message = message };
}

/* --- inits ----------------------------------------------------------------------- */

static struct verdict raised(const struct init *init)
{
	g_autofree char *exception = describe(init->exception, init->exception_text);

	if (init->result && !is_cpython2(init))
		return verdict_of(
			"init-bad-result", STRAY_HINT,
			g_strdup_printf("initialization of %s raised unreported exception (%s)",
					module_name(init), exception));
	return verdict_of(
		"init-error", NULL,
		g_strdup_printf("initialization of %s raised %s", module_name(init), exception));
}

/* PyModExport_ (3.15) */
static struct verdict hook_failed(const struct init *init)
{
	g_autofree char *exception = describe(init->exception, init->exception_text);
	const char *name = module_name(init);

	if (!*init->exception)
		return verdict_of("init-null", SILENT_HINT,
				  g_strdup_printf("module export hook for module %s failed without "
						  "setting an exception",
						  name));
	if (init->result)
		return verdict_of("init-bad-result", STRAY_HINT,
				  g_strdup_printf("module export hook for module %s raised "
						  "unreported exception (%s)",
						  name, exception));
	return verdict_of(
		"init-error", NULL,
		g_strdup_printf("module export hook for module %s raised %s", name, exception));
}

static struct verdict returned_badly(const struct init *init)
{
	const char *name = module_name(init);

	if (is_cpython2(init))
		return verdict_of("init-bad-result",
				  "Py_InitModule() was not called, or with another name",
				  g_strdup_printf("dynamic module not initialized properly (%s)",
						  init->symbol));
	if (!init->result)
		return verdict_of(
			"init-null", SILENT_HINT,
			g_strdup_printf("initialization of %s failed without raising an exception",
					name));
	if (init->kind == INIT_UNINITIALIZED)
		return verdict_of(
			"init-bad-result", DEFINITION_HINT,
			g_strdup_printf("init function of %s returned uninitialized object", name));
	if (init->kind == INIT_SINGLE_PHASE)
		return verdict_of(
			"init-bad-result",
			"a module with such a name has to use multi-phase initialization",
			g_strdup_printf("initialization of %s did not return PyModuleDef", name));
	return verdict_of(
		"init-bad-result", DEFINITION_HINT,
		g_strdup_printf("initialization of %s did not return an extension module", name));
}

bool cpython_judge_init(const struct init *init, struct verdict *verdict)
{
	if (!init->convention || !g_str_has_prefix(init->convention->runtime, "cpython") ||
	    !init->exception)
		return false;
	if (init->convention->kind == EXPORT_HOOK)
		*verdict = hook_failed(init);
	else
		*verdict = *init->exception ? raised(init) : returned_badly(init);
	return true;
}

/* --- slots ----------------------------------------------------------------------- */

static bool slot_gave_failure(const struct slot *slot)
{
	return slot->kind == SLOT_EXEC ? (int)slot->result != 0 : slot->result == 0;
}

static char *slot_message(const struct slot *slot)
{
	const char *name = *slot->module_name ? slot->module_name : "a module";
	const char *action = slot->kind == SLOT_EXEC ? "execution" : "creation";
	g_autofree char *exception = describe(slot->exception, slot->exception_text);

	if (!*slot->exception)
		return g_strdup_printf("%s of module %s failed without setting an exception",
				       action, name);
	if (!slot_gave_failure(slot))
		return g_strdup_printf("%s of module %s raised unreported exception (%s)", action,
				       name, exception);
	return g_strdup_printf("%s: the %s function in m_slots[%u] raised %s", name,
			       enum_name(enum_slot_kind, slot->kind), slot->index, exception);
}

bool cpython_judge_slot(const struct slot *slot, struct verdict *verdict)
{
	if (!slot->exception || slot->kind == SLOT_MEMBER)
		return false;
	*verdict = verdict_of(slot->kind == SLOT_CREATE ? "init-error" : "exec-error", NULL,
			      slot_message(slot));
	if (!slot_gave_failure(slot))
		verdict->hint = STRAY_HINT;
	else if (!*slot->exception)
		verdict->hint = SILENT_HINT;
	return true;
}
