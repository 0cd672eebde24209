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
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "dl_call.h"
#include "loaded_objects.h"

enum { PROCESS_READY = 2 };

struct process {
	uint32_t phase; /* 0 wiped, 1 being set up, or PROCESS_READY */
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

/* The MADV_WIPEONFORK pages; NULL before the first call of process_set_up. */
extern struct process *process_image __attribute__((visibility("hidden")));
struct process *process_set_up(void);

/* The current image, set up if need be; never NULL.  Signal safe, lock free. */
static inline struct process *process_current(void)
{
	struct process *process = __atomic_load_n(&process_image, __ATOMIC_ACQUIRE);
	if (__builtin_expect(process != NULL, 1) &&
	    __builtin_expect(__atomic_load_n(&process->phase, __ATOMIC_ACQUIRE) == PROCESS_READY,
			     1))
		return process;
	return process_set_up();
}

/* Is this process the one the image belongs to?  Not so in a vfork child, which
 * borrows its parent's memory. */
bool process_is_own(const struct process *process);

/* Next call id of the image; never 0. */
static inline uint64_t process_next_call(struct process *process)
{
	return __atomic_add_fetch(&process->last_call, 1, __ATOMIC_RELAXED);
}

/* Writes process_begin, the inventory of objects and all that a reader needs to
 * know first, once per image, as soon as a session records process_begin. */
void process_announce(struct process *process);

/* Writes process_end, once. */
void process_farewell(struct process *process);

/* The constructor ran in this pid: what is announced later is `late`. */
void process_mark_start(void);

/* CLOCK_MONOTONIC, ns. */
static inline uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
