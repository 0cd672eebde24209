/* SPDX-License-Identifier: MIT */
/*
 * Nearest names, by edit distance: see near_name.h.
 */
#include "near_name.h"

#include <glib.h>
#include <string.h>

enum { LONGEST = 255, FAR = 3 };

unsigned int text_distance(const char *a, const char *b, unsigned int limit)
{
	size_t i, j, length = strlen(b), other = strlen(a);
	unsigned int before[LONGEST + 1], above[LONGEST + 1] = { 0 }, row[LONGEST + 1];

	if (length > LONGEST || other > LONGEST || length > other + limit || other > length + limit)
		return limit + 1;
	for (j = 0; j <= length; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= other; i++) {
		memcpy(before, above, sizeof(before));
		memcpy(above, row, sizeof(above));
		row[0] = (unsigned int)i;
		for (j = 1; j <= length; j++) {
			row[j] = MIN(MIN(above[j], row[j - 1]) + 1,
				     above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
	}
	return MIN(row[length], limit + 1);
}

/* Short names are near to everything. */
static unsigned int far_for(const char *name)
{
	return (unsigned int)MIN(strlen(name) / 4, (size_t)FAR);
}

/* What stands before ".so", without "lib"; NULL when there is none. */
static char *stem_of(const char *name)
{
	const char *end = strstr(name, ".so"),
		   *start = g_str_has_prefix(name, "lib") ? name + 3 : name;

	return end && end > start ? g_strndup(start, (gsize)(end - start)) : NULL;
}

/* Libraries are near by their stem; another version of the same is nearest. */
static unsigned int library_distance(const char *wanted, const char *stem, const char *candidate)
{
	g_autofree char *other = stem_of(candidate);
	unsigned int far = far_for(stem), distance;

	if (!other)
		return G_MAXUINT;
	distance = text_distance(stem, other, far);
	if (distance > far)
		return G_MAXUINT;
	return distance * 2 + (strcmp(wanted, candidate) != 0);
}

static unsigned int distance_of(const struct near_name *near, const char *candidate)
{
	g_autofree char *stem = stem_of(near->wanted);
	unsigned int far = far_for(near->wanted), distance;

	if (stem)
		return library_distance(near->wanted, stem, candidate);
	distance = text_distance(near->wanted, candidate, far);
	return distance > far ? G_MAXUINT : distance;
}

void near_name_offer(struct near_name *near, const char *candidate, const char *where)
{
	unsigned int distance = distance_of(near, candidate);

	if (distance == G_MAXUINT || !distance || (near->best && distance >= near->distance))
		return;
	near_name_clear(near);
	near->best = g_strdup(candidate);
	near->where = g_strdup(where);
	near->distance = distance;
}

void near_name_clear(struct near_name *near)
{
	g_clear_pointer(&near->best, g_free);
	g_clear_pointer(&near->where, g_free);
}

void near_name_offer_directory(struct near_name *near, const char *directory)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		near_name_offer(near, name, directory);
}
