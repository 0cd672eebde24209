/* SPDX-License-Identifier: MIT */
/*
 * The analyzer's view of conventions.def: what a module is called and what the
 * result of its init function means.
 */
#ifndef DLSCOPE_CONVENTION_H
#define DLSCOPE_CONVENTION_H

#include <stdbool.h>
#include <stdint.h>

enum module_name_rule { LAST_COMPONENT, WHOLE };
enum success_rule { NULL_IS_FAILURE };
enum kind_rule { FROM_RESULT, BUILTIN };

struct convention {
	const char *id, *runtime, *prefix;
	enum module_name_rule module_name;
	enum success_rule success;
	enum kind_rule kind;
};

/* The row called `id`, or NULL. */
const struct convention *convention_by_id(const char *id);

/* The row whose prefix `symbol` has, with something after it, or NULL. */
const struct convention *convention_by_symbol(const char *symbol);

/* Whether an init function that returned `result` says that it failed. */
bool convention_failed(const struct convention *convention, uint64_t result);

/* Whether a module called `name` in full can be the one of `symbol`. */
bool convention_names(const struct convention *convention, const char *symbol, const char *name);

/* The full name of the module: `context` where the runtime said it, else from the
 * place of the file (the directories below site-packages and the like), else the
 * symbol's rest.  A rule that has the WHOLE name in the symbol needs neither.
 * `context` and `path` may be "".  Caller g_free()s. */
char *convention_module_name(const struct convention *convention, const char *symbol,
			     const char *context, const char *path);

#endif
