/* SPDX-License-Identifier: MIT */
/* The time stamp counter; for ticks.h. */
#ifndef DLSCOPE_TICKS_X86_64_H
#define DLSCOPE_TICKS_X86_64_H

#include <stdint.h>

/* Linux uses it as this clock source only where it runs at one rate on all CPUs
 * (arch/x86/kernel/tsc.c). */
#define TICKS_CLOCKSOURCE "tsc\n"

/* May be read a little before what stands before it is done (RDTSC, Intel SDM 2B), which is
 * less than what waiting for that takes. */
static inline uint64_t ticks_read(void)
{
	return __builtin_ia32_rdtsc();
}

#endif
