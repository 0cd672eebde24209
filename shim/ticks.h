/* SPDX-License-Identifier: MIT */
/*
 * Measuring durations of some 100 ns.
 *
 * Reading CLOCK_MONOTONIC takes 18 ns, twice in a traced dlsym() of 200.  Where Linux
 * makes that clock of a counter that can be read in 8 ns, the counter is read instead, and
 * one compared with the other tells how long a tick is.  That is so once the process is
 * 0.5 ms old: then the error of the comparison is below 1 in 1,000.
 */
#ifndef DLSCOPE_TICKS_H
#define DLSCOPE_TICKS_H

#include <stdbool.h>
#include <stdint.h>

#include "process.h"

#if defined(__x86_64__)
#include "ticks_x86_64.h"
#else
#define TICKS_CLOCKSOURCE ""
static inline uint64_t ticks_read(void)
{
	return 0;
}
#endif

/* ns in 2^32 ticks; 0: not known, ticks are ns of CLOCK_MONOTONIC. */
extern uint64_t ticks_scale __attribute__((visibility("hidden")));

/* A moment; `scale` is ticks_scale, read once for all that are compared. */
static inline uint64_t ticks_now(uint64_t scale)
{
	return __builtin_expect(scale != 0, 1) ? ticks_read() : now_ns();
}

/* ns from one moment to another; 0 when the counter went back. */
static inline uint64_t ticks_between(uint64_t from, uint64_t to, uint64_t scale)
{
	uint64_t ticks = to > from ? to - from : 0;
	return scale ? (uint64_t)((unsigned __int128)ticks * scale >> 32) : ticks;
}

/* Looks whether there is such a counter; some system calls. */
void ticks_prepare(void);

/* Finds the scale if it is time to.  Signal safe; keeps errno. */
void ticks_calibrate(void);

#endif
