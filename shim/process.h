/* SPDX-License-Identifier: MIT */
/*
 * The process image that the shim runs in.
 *
 * All of it lives in pages marked MADV_WIPEONFORK (Linux 4.14): a child, however
 * it was made (fork, _Fork, a raw clone that no library can intercept), finds
 * them zeroed and becomes an image of its own at its first hooked call, with
 * locks open, ids starting again, and its objects not yet reported.
 */
#ifndef DLSCOPE_PROCESS_H
#define DLSCOPE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "dl_call.h"
#include "loaded_objects.h"

struct process {
	uint32_t phase; /* 0 wiped, 1 being set up, 2 ready */
	uint32_t pid;
	uint64_t key; /* `process` of every event: CLOCK_MONOTONIC ns */
	uint64_t last_call;
	uint64_t tracer_total_ns;
	uint32_t announced; /* process_begin was written or is being written */
	uint32_t ended;	    /* so was process_end */
	uint64_t runtimes;  /* RUNTIME_BIT of those already reported */
	struct dl_counters counters;
	struct loaded_objects objects;
};

/* The current image, set up if need be; never NULL.  Signal safe, lock free. */
struct process *process_current(void);

/* Is this process the one the image belongs to?  Not so in a vfork child, which
 * borrows its parent's memory. */
bool process_is_own(const struct process *process);

/* Next call id of the image; never 0. */
uint64_t process_next_call(struct process *process);

/* Writes process_begin, the inventory of objects and all that a reader needs to
 * know first, once per image, as soon as a session records process_begin. */
void process_announce(struct process *process);

/* Writes process_end, once. */
void process_farewell(struct process *process);

/* The constructor ran in this pid: what is announced later is `late`. */
void process_mark_start(void);

/* CLOCK_MONOTONIC, ns. */
uint64_t now_ns(void);

#endif
