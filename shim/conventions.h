/* SPDX-License-Identifier: MIT */
/*
 * The rules of conventions.def as the shim asks them: is this name, looked up by this
 * caller, that of an init function?  Asked at every dlsym, so a name that no rule
 * knows costs a few loads, however many rules there are.
 */
#ifndef DLSCOPE_CONVENTIONS_H
#define DLSCOPE_CONVENTIONS_H

#include <stdint.h>

#include "process.h"

/* The rows of conventions.def. */
enum rule {
#define CONVENTION(id, ...) RULE_##id,
#include "conventions.def"
#undef CONVENTION
	RULES
};

struct convention {
	const char *id, *symbol;
	uint8_t runtime, front; /* enum runtime_id */
	bool user;		/* of a user's file: nothing is known of the function */
};

/* A set of rules: bit i is the i-th. */
typedef uint64_t rule_set;

/* Adds a rule of the user's; the texts stay the caller's.  False when there is no room.
 * To be called by conventions_prepare. */
bool convention_add(const char *id, const char *symbol, uint8_t runtime, uint8_t front);

/* To be called once, before anything below and before runtimes_of(). */
void conventions_prepare(void);

/* The rules that lookups by an object follow which is each of these runtimes (a set
 * of enum runtime_id). */
rule_set conventions_of(uint64_t runtimes);

/* The rule among `rules` that `symbol` follows, or NULL. */
const struct convention *convention_match(const struct process *process, rule_set rules,
					  const char *symbol);

/* That of a row. */
const struct convention *convention_of(enum rule rule);

/* The rule called `id`, also a user's; NULL if there is none. */
const struct convention *convention_by_id(const char *id);

#endif
