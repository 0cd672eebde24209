/* SPDX-License-Identifier: MIT */
/*
 * What the shim says it could not see of a process (table: blind_spots.def).
 */
#ifndef DLSCOPE_BLIND_SPOTS_H
#define DLSCOPE_BLIND_SPOTS_H

#include "model.h"

struct blind_spot {
	const char *kind; /* the counter's name */
	const char *words;
	uint64_t count;
};

/* The counters of the process that are not 0, at most `size`; their number. */
size_t process_blind_spots(const struct process *process, struct blind_spot *spots, size_t size);

enum { BLIND_SPOTS_MAX = 32 };

#endif
