/* SPDX-License-Identifier: MIT */
/*
 * Bytes in files that say what they are only by the texts in them.
 */
#include "file_holds.h"

#include <ctype.h>
#include <glib.h>
#include <string.h>

static GMappedFile *map(const char *path, const char **bytes, size_t *size)
{
	GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);

	*bytes = file ? g_mapped_file_get_contents(file) : NULL;
	*size = *bytes ? g_mapped_file_get_length(file) : 0;
	return file;
}

bool file_holds(const char *path, const void *bytes, size_t size)
{
	const char *all;
	size_t all_size;
	GMappedFile *file = map(path, &all, &all_size);
	bool found = all && memmem(all, all_size, bytes, size);

	if (file)
		g_mapped_file_unref(file);
	return found;
}

static long number_behind(const char *all, size_t size, const char *prefix)
{
	size_t length = strlen(prefix);
	const char *end = all + size, *hit = all;

	while (hit && (hit = memmem(hit, (size_t)(end - hit), prefix, length))) {
		long number = 0;

		hit += length;
		if (hit == end || !isdigit((unsigned char)*hit))
			continue;
		for (; hit < end && isdigit((unsigned char)*hit) && number < 100000; hit++)
			number = number * 10 + (*hit - '0');
		return number;
	}
	return -1;
}

long file_number_behind(const char *path, const char *prefix)
{
	const char *all;
	size_t size;
	GMappedFile *file = map(path, &all, &size);
	long number = all ? number_behind(all, size, prefix) : -1;

	if (file)
		g_mapped_file_unref(file);
	return number;
}
