/* SPDX-License-Identifier: MIT */
/*
 * The analyzer's view of conventions.def and runtimes.def: what a module is called,
 * what the result of its init function means, what its runtime is called.
 */
#ifndef DLSCOPE_CONVENTION_H
#define DLSCOPE_CONVENTION_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
/* Columns of the tables, as lists: X(value). */
#define PRESENCE_RULES(X) X(REQUIRED) X(OPTIONAL)
#define MODULE_NAME_RULES(X)                                                                      \
	X(LAST_COMPONENT) X(PUNYCODE) X(WHOLE) X(REST) X(STEM) X(LIB_STEM) X(PERL_PACKAGE)        \
	X(RUBY_FEATURE) X(LUA_MODULE) X(R_PACKAGE) X(NODE_PACKAGE) X(WINE_MODULE)
#define SUCCESS_RULES(X)                                                                          \
	X(NULL_IS_FAILURE) X(RUNTIME_SAYS) X(NONZERO_IS_FAILURE) X(ZERO_IS_FAILURE)               \
	X(NEGATIVE_IS_FAILURE) X(SQLITE_CODE) X(TEXT_IS_FAILURE) X(NEVER)
#define KIND_RULES(X)                                                                             \
	X(FROM_RESULT) X(SINGLE_PHASE) X(EXPORT_HOOK) X(BUILTIN) X(PLAIN) X(REPEATED) X(ENTRY_IS_DATA)
#define RUNTIME_ROLES(X) X(PROGRAM) X(LIBRARY) X(FRONT)
#define VERSIONS_FROM(X) X(FUNCTION) X(DATA) X(PATH) X(TEXT) X(NOWHERE)
/* clang-format on */

#define VALUE(value) value,
enum presence_rule { PRESENCE_RULES(VALUE) };
enum module_name_rule { MODULE_NAME_RULES(VALUE) };
enum success_rule { SUCCESS_RULES(VALUE) };
enum kind_rule { KIND_RULES(VALUE) };
enum runtime_role { RUNTIME_ROLES(VALUE) };
enum version_from { VERSIONS_FROM(VALUE) };
#undef VALUE

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

/* Add a row of a user's own, or put it in the place of the one that had its id; texts must
 * live as long as the program.  False when the id is one of dlscope's own, or when there
 * is no room. */
bool convention_add(const struct convention *convention);
bool runtime_add(const struct runtime *runtime);

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
