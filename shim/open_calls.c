/* SPDX-License-Identifier: MIT */
/* The stack of open calls: see open_calls.h. */
#include "open_calls.h"

#include <stddef.h>

#include "thread_layout.h"

bool open_calls_push(struct open_calls *open, const struct open_call *call)
{
	if (open->depth == OPEN_CALLS_MAX)
		return false;
	open->calls[open->depth++] = *call;
	return true;
}

static void pop(struct open_calls *open, struct open_call *popped)
{
	*popped = open->calls[--open->depth];
}

/* Whoever left the call by longjmp may have called more deeply since. */
static bool is_overwritten(const struct open_call *call)
{
	return call->resume && ((const uintptr_t *)call->frame)[1] != call->resume;
}

bool open_calls_looks_left(const struct open_calls *open, uintptr_t frame)
{
	const struct open_call *top = open->depth ? &open->calls[open->depth - 1] : NULL;
	return top && ((top->frame <= frame && frame - top->frame <= THREAD_SAME_STACK) ||
		       is_overwritten(top));
}

bool open_calls_pop_left(struct open_calls *open, uintptr_t frame, struct open_call *left)
{
	if (!open_calls_looks_left(open, frame))
		return false;
	pop(open, left);
	return true;
}

bool open_calls_pop_inner(struct open_calls *open, uint64_t call, struct open_call *left)
{
	struct open_call *top = open_calls_top(open);
	if (!top || top->call == call)
		return false;
	for (uint32_t i = 0; i + 1 < open->depth; i++) {
		if (open->calls[i].call == call) {
			pop(open, left);
			return true;
		}
	}
	return false;
}
