/* SPDX-License-Identifier: MIT */
/*
 * The name that somebody may have meant.
 */
#ifndef DLSCOPE_NEAR_NAME_H
#define DLSCOPE_NEAR_NAME_H

#include <stdbool.h>

/* Collects candidates and keeps the nearest. */
struct near_name {
	const char *wanted;
	char *best, *where; /* NULL: none is near enough */
	unsigned int distance;
};

void near_name_offer(struct near_name *near, const char *candidate, const char *where);
void near_name_clear(struct near_name *near);

/* Offers the files of a directory that have the same stem as the wanted library or are
 * near it. */
void near_name_offer_directory(struct near_name *near, const char *directory);

/* How many characters have to be put in, taken out, replaced or exchanged with the
 * next to make b of a; `limit` + 1 when it is more than `limit`. */
unsigned int text_distance(const char *a, const char *b, unsigned int limit);

#endif
