/* SPDX-License-Identifier: MIT */
/*
 * What a thread has used: CPU time and page faults.
 *
 * The clock of a thread's CPU time takes a system call of 0.4 us, for the kernel brings the
 * scheduler's figures up to date (kernel/sched/core.c task_sched_runtime()).  getrusage() is
 * needed for the page faults, takes a quarter of that, and tells how often the thread has
 * been switched away: while that stays the same, it was on a CPU all the time.  So from one
 * reading of that clock on, CPU time goes with the time, until the thread was switched
 * away or USAGE_TRUSTED_NS have passed: where the kernel counts interrupts apart, or steal,
 * they are CPU time that long.
 */
#ifndef DLSCOPE_USAGE_H
#define DLSCOPE_USAGE_H

#include <stdint.h>

enum { USAGE_TRUSTED_NS = 1000000 };

struct usage {
	uint64_t cpu_ns, minor_faults, major_faults;
};

/* A thread's last reading of the clock; zeros: none yet. */
struct usage_reading {
	uint64_t process, at_ns, cpu_ns;
	uint64_t switches; /* of the thread until then */
};

/* Of the calling thread, of the image `process`, at `time_ns`, which is now
 * (CLOCK_MONOTONIC).  One or two system calls; may change errno. */
struct usage usage_now(struct usage_reading *last, uint64_t process, uint64_t time_ns);

/* From one to the other; no CPU time where the clock, read after it had been reckoned,
 * is behind. */
struct usage usage_between(const struct usage *before, const struct usage *after);

#endif
