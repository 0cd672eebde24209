/* SPDX-License-Identifier: MIT */
/*
 * Native stacks by _Unwind_Backtrace(): 4 us for one of 36 frames.  It keeps nothing
 * that a dlclose() could make wrong, and knows no way on from code that has no unwind
 * table (a JIT compiler's).
 */
#ifndef DLSCOPE_UNWIND_LIBGCC_H
#define DLSCOPE_UNWIND_LIBGCC_H

#include <stdbool.h>

/* Finds the library; outside of any hook. */
bool unwind_libgcc_prepare(void);

/* Return addresses from the caller outwards; their number. */
int unwind_libgcc(void **frames, int max);

#endif
