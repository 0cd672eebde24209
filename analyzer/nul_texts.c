/* SPDX-License-Identifier: MIT */
/*
 * Splits texts at their NUL bytes.
 */
#include "nul_texts.h"

#include <string.h>

GPtrArray *nul_texts_split(const char *data, size_t size)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
	size_t start = 0;

	while (start < size) {
		size_t length = strnlen(data + start, size - start);

		g_ptr_array_add(texts, g_strndup(data + start, length));
		start += length + 1;
	}
	return texts;
}
