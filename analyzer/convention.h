/* SPDX-License-Identifier: MIT */
/*
 * The analyzer's view of conventions.def and runtimes.def: what a module is called,
 * what the result of its init function means, what its runtime is called.
 */
#ifndef DLSCOPE_CONVENTION_H
#define DLSCOPE_CONVENTION_H

#include <stdbool.h>
#include <stdint.h>

enum presence_rule { REQUIRED, OPTIONAL };
enum module_name_rule {
	LAST_COMPONENT,
	PUNYCODE,
	WHOLE,
	REST,
	STEM,
	LIB_STEM,
	PERL_PACKAGE,
	RUBY_FEATURE,
	LUA_MODULE,
	R_PACKAGE,
	NODE_PACKAGE
};
enum success_rule {
	NULL_IS_FAILURE,
	RUNTIME_SAYS,
	NONZERO_IS_FAILURE,
	ZERO_IS_FAILURE,
	NEGATIVE_IS_FAILURE,
	SQLITE_CODE,
	TEXT_IS_FAILURE,
	NEVER
};
enum kind_rule { FROM_RESULT, SINGLE_PHASE, EXPORT_HOOK, BUILTIN, PLAIN, ENTRY_IS_DATA };
enum runtime_role { PROGRAM, LIBRARY, FRONT };
enum version_from { FUNCTION, DATA, PATH, NOWHERE };

struct convention {
	const char *id, *runtime, *symbol, *front;
	enum presence_rule presence;
	enum module_name_rule module_name;
	enum success_rule success;
	enum kind_rule kind;
};

struct runtime {
	const char *id, *name;
	enum version_from version_from;
	const char *version;
	enum runtime_role role;
	const char *via; /* "" for none */
};

/* The row called `id`, or NULL. */
const struct convention *convention_by_id(const char *id);

/* The row of runtimes.def called `id`, or NULL. */
const struct runtime *runtime_by_id(const char *id);

/* Sets of rows of runtimes.def: the one of this row; 0 for NULL. */
uint64_t runtime_bit(const struct runtime *runtime);

/* Those of a set that look up names for themselves. */
uint64_t runtimes_without_fronts(uint64_t set);

/* How programs load through an object that is each of a set, as they write it; NULL for
 * one through which they do not. */
const char *runtimes_via(uint64_t set);

/* The version that the path of this runtime's object tells, NULL when it does not.
 * Caller g_free()s. */
char *runtime_version_in_path(const struct runtime *runtime, const char *path);

/* The row whose pattern `symbol` follows, and which holds for lookups by an object
 * that is each of `caller`, in a process that has each of `present` (sets as from
 * runtime_bit), or NULL. */
const struct convention *convention_by_symbol(const char *symbol, uint64_t caller,
					      uint64_t present);

/* Whether an init function failed that returned `result`, and of which the shim said
 * that it had `failed`. */
bool convention_failed(const struct convention *convention, uint64_t result, bool failed);

/* What the report calls the runtime with this id of runtimes.def; the id itself for
 * one that is not there. */
const char *runtime_display_name(const char *id);

/* Whether a module called `name` in full can be the one of `symbol`. */
bool convention_names(const struct convention *convention, const char *symbol, const char *name);

/* The full name of the module: `context` where the runtime said it, else what the
 * rule makes of the symbol and of the place of the file (module_name.c).  `context`
 * and `path` may be "".  Caller g_free()s. */
char *convention_module_name(const struct convention *convention, const char *symbol,
			     const char *context, const char *path);

#endif
