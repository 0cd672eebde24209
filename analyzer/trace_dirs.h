/* SPDX-License-Identifier: MIT */
/*
 * The traces a verb works on: those named, or dlscope.data.
 */
#ifndef DLSCOPE_TRACE_DIRS_H
#define DLSCOPE_TRACE_DIRS_H

#include "error.h"
#include "options.h"

struct trace_dirs {
	const char *const *paths; /* never empty */
	size_t count;
};

struct trace_dirs trace_dirs_of(const struct options *options);

/* The error for a trace that holds no event of ours. */
struct error *trace_dirs_foreign(const char *dir);

#endif
