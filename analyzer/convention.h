/* SPDX-License-Identifier: MIT */
/*
 * The analyzer's view of conventions.def: what a module is called and what the
 * result of its init function means.
 */
#ifndef DLSCOPE_CONVENTION_H
#define DLSCOPE_CONVENTION_H

#include <stdbool.h>
#include <stdint.h>

enum module_name_rule { LAST_COMPONENT, PUNYCODE, WHOLE };
enum success_rule { NULL_IS_FAILURE, RUNTIME_SAYS };
enum kind_rule { FROM_RESULT, SINGLE_PHASE, BUILTIN };

struct convention {
	const char *id, *runtime, *prefix;
	enum module_name_rule module_name;
	enum success_rule success;
	enum kind_rule kind;
};

/* The row called `id`, or NULL. */
const struct convention *convention_by_id(const char *id);

/* The row of `runtime` (an id of runtimes.def) whose prefix `symbol` has, with
 * something after it, or NULL.  With runtime NULL, not known, only prefixes that end
 * in an underscore count: nobody else has those. */
const struct convention *convention_by_symbol(const char *symbol, const char *runtime);

/* Whether an init function failed that returned `result`, and of which the shim said
 * that it had `failed`. */
bool convention_failed(const struct convention *convention, uint64_t result, bool failed);

/* What the report calls the runtime with this id of runtimes.def; the id itself for
 * one that is not there. */
const char *runtime_display_name(const char *id);

/* Whether a module called `name` in full can be the one of `symbol`. */
bool convention_names(const struct convention *convention, const char *symbol, const char *name);

/* The full name of the module: `context` where the runtime said it, else from the
 * place of the file (the directories below site-packages and the like), else the
 * symbol's rest.  A rule that has the WHOLE name in the symbol needs neither.
 * `context` and `path` may be "".  Caller g_free()s. */
char *convention_module_name(const struct convention *convention, const char *symbol,
			     const char *context, const char *path);

#endif
