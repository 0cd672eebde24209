/* SPDX-License-Identifier: MIT */
/*
 * Native stacks.  Behaviour is chosen by linking, not by #ifdef: stack_native.c
 * or stack_none.c (make STACK=none).
 */
#ifndef DLSCOPE_STACK_H
#define DLSCOPE_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* Makes ready what the back-end needs; called by the constructor, outside of any
 * hook.  False: there will be no stacks. */
bool stack_prepare(void);

/* Calls function(argument) on another stack, of which `top` is the upper end, in such
 * a way that the caller's frames are still found from there. */
uint32_t stack_switch(uint32_t (*function)(void *), void *argument, void *top);

/* Return addresses from the caller of the hook outwards, at most `max`, without
 * the shim's own frames.  Returns their number, 0 when none can be had; *cut when
 * there are more.  Lock free, but for libunwind's first look at code, which takes
 * glibc's dl_load_write_lock. */
uint32_t stack_capture(uint64_t *stack, uint32_t max, bool *cut);

/* The code at [start, end) has been unmapped: what was remembered of it is wrong. */
void stack_forget(uintptr_t start, uintptr_t end);

#endif
