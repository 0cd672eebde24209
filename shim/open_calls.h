/* SPDX-License-Identifier: MIT */
/*
 * The calls that a thread is inside of: loads, closes and init functions that
 * have begun and not ended.  They give each call its parent, and tell what was
 * left by longjmp, which runs no cleanup: a call whose stack frame lies below the
 * one now running cannot still be there, nor can one whose return address has been
 * overwritten.
 */
#ifndef DLSCOPE_OPEN_CALLS_H
#define DLSCOPE_OPEN_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_sink.h"

enum { OPEN_CALLS_MAX = 128 };

struct open_call {
	uint64_t call;
	uint64_t process;
	uintptr_t frame;  /* of the hook; the stack grows down */
	uintptr_t resume; /* its return address, where that may be read again; else 0 */
	uint64_t started_ns;
	uint64_t nested_tracer_ns;
	enum trace_event end_event;
	uint8_t unwound; /* outcome that says so in end_event */
};

struct open_calls {
	uint32_t depth;
	struct open_call calls[OPEN_CALLS_MAX];
};

/* The innermost open call, NULL if there is none. */
static inline struct open_call *open_calls_top(struct open_calls *open)
{
	return open->depth ? &open->calls[open->depth - 1] : NULL;
}

/* Adds one; false when there is no room (the call is traced all the same, but
 * is no parent). */
bool open_calls_push(struct open_calls *open, const struct open_call *call);

/* Does the innermost call look left behind, as open_calls_pop_left tells it? */
bool open_calls_looks_left(const struct open_calls *open, uintptr_t frame);

/* Takes the innermost call off if it was left behind: its frame is at or below
 * `frame` on the same stack.  Signal and coroutine stacks lie elsewhere, and say
 * nothing about it. */
bool open_calls_pop_left(struct open_calls *open, uintptr_t frame, struct open_call *left);

/* Takes the innermost call off if it is not `call`, and `call` is among the open
 * ones: everything inside of it has been left. */
bool open_calls_pop_inner(struct open_calls *open, uint64_t call, struct open_call *left);

#endif
