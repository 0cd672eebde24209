/* SPDX-License-Identifier: MIT */
/*
 * Patterns of symbols, as conventions.def has them: a name, or a name with one `*`
 * that stands for at least one character.  Read by the shim and by the analyzer.
 */
#ifndef DLSCOPE_SYMBOL_PATTERN_H
#define DLSCOPE_SYMBOL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* What the `*` of the pattern stands for in `symbol`: "" for a pattern without one.
 * False when the symbol does not follow the pattern, which "" never does. */
static inline bool symbol_pattern_match(const char *pattern, const char *symbol, const char **rest,
					size_t *rest_size)
{
	size_t head = strcspn(pattern, "*");
	const char *tail = pattern + head;
	size_t size = strlen(symbol);

	*rest = symbol + size;
	*rest_size = 0;
	if (*tail == '\0')
		return head > 0 && strcmp(pattern, symbol) == 0;
	tail++;
	if (size <= head + strlen(tail) || strncmp(symbol, pattern, head) != 0 ||
	    strcmp(symbol + size - strlen(tail), tail) != 0)
		return false;
	*rest = symbol + head;
	*rest_size = size - head - strlen(tail);
	return true;
}

#endif
