/* SPDX-License-Identifier: MIT */
/*
 * Functions of the program are timed by handing out a thunk in their place.
 *
 * The thunks are a fixed pool in .text (thunk_pool_x86_64.S): no executable memory
 * is ever made, so SELinux, W^X and seccomp have nothing to object to.  A thunk
 * lives for ever, because CPython (m_init), Perl (XSUBs) and Lua keep the pointer;
 * the same key always gets the same thunk, so pointers that the program compares
 * stay equal, and dladdr() of a thunk answers for the function (hook_dladdr.c).  When
 * the pool is used up the function itself is handed out, and counted.
 */
#ifndef DLSCOPE_THUNK_POOL_H
#define DLSCOPE_THUNK_POOL_H

#include <stdint.h>

#include "span.h"
#include "thunk_pool_layout.h"

struct convention;
struct thunk;

/* What kind of function it is: what to write before and after it. */
struct thunk_role {
	enum trace_event begin_event, end_event;
	uint8_t unwound; /* outcome of end_event when it was left */
	/* Fill in the events; `arguments` are the first two, `result` the register. */
	void (*before)(struct span *span, const struct thunk *thunk, const intptr_t *arguments);
	void (*after)(struct span *span, const struct thunk *thunk, intptr_t result);
	/* After the end event, in the tracer still; gives what to return in place of
	 * `result`.  May be NULL. */
	intptr_t (*done)(struct span *span, const struct thunk *thunk, intptr_t result);
};

/* A thunk's memory.  Filled without locks: threads that wrap the same function at
 * once write the same facts. */
struct thunk {
	uintptr_t key; /* 0: free */
	void *function;
	const struct thunk_role *role;
	const char *name; /* symbol, or name of the built-in module; lasts for ever */
	const struct convention *convention;
	uint64_t call;	      /* the resolution or init that it was handed out for last */
	uint32_t slot, index; /* of a definition's slot */
};

/* The thunk for `key`, to be filled in by the caller; NULL: none is left. */
struct thunk *thunk_for(uintptr_t key);

/* The address to hand out for it. */
void *thunk_address(const struct thunk *thunk);

/* The thunk that `address` is one of, or NULL. */
struct thunk *thunk_at(const void *address);

/* A copy of a text that lasts for ever; "" when there is no room for it. */
const char *thunk_keep_text(const char *text);

/* Access to the members, which other threads may be writing. */
#define THUNK_GET(word)	       __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define THUNK_SET(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELAXED)

#endif
