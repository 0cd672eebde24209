/* SPDX-License-Identifier: MIT */
/*
 * Splits argv.
 */
#include "argv_text.h"

#include <string.h>

GPtrArray *argv_split(const char *data, size_t size)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	size_t start = 0;

	while (start < size) {
		size_t length = strnlen(data + start, size - start);

		g_ptr_array_add(words, g_strndup(data + start, length));
		start += length + 1;
	}
	return words;
}
