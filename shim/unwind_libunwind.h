/* SPDX-License-Identifier: MIT */
/*
 * Native stacks by libunwind, which is opened RTLD_LOCAL and never linked: Debian's
 * libunwind.so.8 exports _Unwind_* and backtrace(), and as a dependency of a preloaded
 * object it would take over the C++ exceptions of the whole program (a throw 3.6 ->
 * 127 us).
 *
 * Where a function has no unwind table it follows frame pointers.
 */
#ifndef DLSCOPE_UNWIND_LIBUNWIND_H
#define DLSCOPE_UNWIND_LIBUNWIND_H

#include <stdbool.h>
#include <stdint.h>

/* Finds the library; outside of any hook. */
bool unwind_libunwind_prepare(void);

/* Return addresses from the caller outwards; their number.  By a cache of this
 * thread's: 0.2 us for a stack it has seen, 200 us and 256 KiB to set it up. */
int unwind_libunwind(void **frames, int max);

/* The code at [start, end) has been unmapped: what was remembered of it is wrong. */
void unwind_libunwind_forget(uintptr_t start, uintptr_t end);

/* The cache of some thread holds what has been forgotten, and cannot be mended;
 * unwind_libunwind() is right, but takes 20 us from now on. */
bool unwind_libunwind_is_slow(void);

#endif
