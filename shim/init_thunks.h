/* SPDX-License-Identifier: MIT */
/*
 * Init functions are timed by handing the runtime a thunk in their place.
 *
 * The thunks are a fixed pool in .text (init_thunks_x86_64.S): no executable
 * memory is ever made, so SELinux, W^X and seccomp have nothing to object to.
 * A thunk lives for ever, because CPython (m_init), Perl (XSUBs) and Lua keep the
 * pointer; the same function always gets the same thunk, so pointers that the
 * program compares stay equal.  dladdr() of a thunk names libdlscope.so.
 * When the pool is used up, or the symbol is data, the function itself is handed
 * out, and the former is counted.
 */
#ifndef DLSCOPE_INIT_THUNKS_H
#define DLSCOPE_INIT_THUNKS_H

#include "init_thunks_layout.h"
#include "span.h"

/* Does `name` follow a convention of the runtime that the caller is? */
bool init_symbol(const struct caller *caller, const char *name);

/* What to hand out for `function`, which the caller of the span has resolved as
 * `name`: a thunk, or `function` itself.  Lock free; does not allocate. */
void *init_thunk(struct span *span, const char *name, void *function);

#endif
