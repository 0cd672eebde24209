/* SPDX-License-Identifier: MIT */
/*
 * How large the ring buffers of a recording are.
 */
#ifndef DLSCOPE_BUFFERS_H
#define DLSCOPE_BUFFERS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct buffer_plan {
	uint64_t subbuf_size;  /* bytes, a power of two */
	uint64_t subbuf_count; /* a power of two */
	bool reduced;	       /* shared memory is short: events may be lost */
};

/* For `cpus` CPUs and `free_bytes` of shared memory; false when that is too
 * little for any. */
bool buffers_choose(unsigned int cpus, uint64_t free_bytes, struct buffer_plan *plan);

/* For this machine and moment. */
struct error *buffers_plan(struct buffer_plan *plan);

#endif
