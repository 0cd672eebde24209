/* SPDX-License-Identifier: MIT */
/* The rules of conventions.def: see conventions.h. */
#include "conventions.h"

#include <stddef.h>

#include "runtimes.h"
#include "settings.h"
#include "symbol_pattern.h"
#include "added_rules.h"

enum { CONVENTIONS_MAX = 64 }; /* rule_set is a word */
_Static_assert(RULES <= (int)CONVENTIONS_MAX, "rule_set is a word");

/* Those of conventions.def, then the user's own. */
static struct convention conventions[CONVENTIONS_MAX] = {
#define CONVENTION(id, runtime, symbol, front, presence, module_name, success, kind) \
	{ #id, symbol, RUNTIME_##runtime, RUNTIME_##front, false },
#include "conventions.def"
#undef CONVENTION
};

static size_t count = RULES;

/* By first, second and last character of a symbol: the rules whose pattern it may
 * follow.  None for "", nor for one of one character, which no rule names. */
static rule_set by_first[256], by_second[256], by_last[256];

static void enter(rule_set *by_character, char character, rule_set rule)
{
	by_character[(unsigned char)character] |= character ? rule : 0;
	for (size_t c = 1; character == '*' && c < 256; c++)
		by_character[c] |= rule;
}

bool convention_add(const char *id, const char *symbol, uint8_t runtime, uint8_t front)
{
	if (count == CONVENTIONS_MAX || *symbol == '\0')
		return false;
	conventions[count++] = (struct convention){ id, symbol, runtime, front, true };
	return true;
}

void conventions_prepare(void)
{
	if (settings.conventions[0] && count == RULES)
		added_rules_read(settings.conventions);
	runtimes_prepare();
	for (size_t i = 0; i < count; i++) {
		const char *symbol = conventions[i].symbol;
		enter(by_first, symbol[0], (rule_set)1 << i);
		if (!symbol[0])
			continue;
		enter(by_second, symbol[0] == '*' ? '*' : symbol[1], (rule_set)1 << i);
		enter(by_last, symbol[strlen(symbol) - 1], (rule_set)1 << i);
	}
}

rule_set conventions_of(uint64_t runtimes)
{
	rule_set rules = 0;
	for (size_t i = 0; i < count; i++)
		if (runtimes &
		    (RUNTIME_BIT(conventions[i].runtime) | RUNTIME_BIT(conventions[i].front)))
			rules |= (rule_set)1 << i;
	return rules;
}

/* A front looks up names for anybody: its rules hold where the runtime is. */
static bool has_runtime(const struct process *process, const struct convention *c)
{
	return c->front == RUNTIME_none ||
	       __atomic_load_n(&process->runtimes, __ATOMIC_RELAXED) & RUNTIME_BIT(c->runtime);
}

const struct convention *convention_match(const struct process *process, rule_set rules,
					  const char *symbol)
{
	rules &= by_first[(unsigned char)symbol[0]];
	if (rules)
		rules &= by_second[(unsigned char)symbol[1]];
	if (rules)
		rules &= by_last[(unsigned char)symbol[strlen(symbol) - 1]];
	for (; rules; rules &= rules - 1) {
		const struct convention *c = &conventions[__builtin_ctzll(rules)];
		const char *rest;
		size_t size;
		if (symbol_pattern_match(c->symbol, symbol, &rest, &size) &&
		    has_runtime(process, c))
			return c;
	}
	return NULL;
}

const struct convention *convention_of(enum rule rule)
{
	return &conventions[rule];
}

const struct convention *convention_by_id(const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(conventions[i].id, id) == 0)
			return &conventions[i];
	return NULL;
}
