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

/* Return addresses from the caller outwards; their number. */
int unwind_libunwind(void **frames, int max);

/* The same by a cache of this thread's, unless what it holds has become wrong, or an
 * unwind table has been met that it is not safe with. */
int unwind_libunwind_cached(void **frames, int max);

/* The code at [start, end) has been unmapped: what was remembered of it is wrong. */
void unwind_libunwind_forget(uintptr_t start, uintptr_t end);

#endif
