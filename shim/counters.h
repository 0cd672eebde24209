/* SPDX-License-Identifier: MIT */
/* The image's counters, told in its farewell event. */
#ifndef DLSCOPE_COUNTERS_H
#define DLSCOPE_COUNTERS_H

#include "dl_call.h"

/* Of the current process image; never NULL, lives as long as the image. */
struct dl_counters *counters(void);

static inline void counter_add(uint64_t *counter, uint64_t amount)
{
	__atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

#endif
