/* SPDX-License-Identifier: MIT */
/*
 * Who called: from a return address to the object it lies in, with what the
 * shim needs to know about that object, cached.
 */
#ifndef DLSCOPE_CALLER_H
#define DLSCOPE_CALLER_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

#include "gadget.h"

struct caller {
	const struct link_map *map; /* borrowed; valid while the caller runs */
	struct gadget gadget;	    /* address 0: the real function must be called as ourselves */
	uint64_t runtimes;	    /* those that it is (runtimes.h) */
	uint64_t rules;	    /* rule_set (conventions.h) that its lookups follow; 0: no runtime */
	struct gadget near; /* of a caller in no object (JIT code), close to it */
};

/* Finds the caller of the function that returns to `return_address`.  An address
 * in no object (JIT code) counts as the main program, as in glibc (elf/dl-open.c),
 * and is counted as unknown.  To RTLD_NEXT it is an error (elf/dl-sym.c): `near` is
 * for that, a gadget in the same code, not to be used for long.  Lock free; signal safe; ~20 ns when cached. */
void caller_find(const void *return_address, struct caller *caller);

/* Forgets what is cached of an object that has been unmapped. */
void caller_forget(const struct link_map *map);

/* How dlscope_call_as() shall call; layout known to assembly. */
struct call_as {
	void *function;
	uintptr_t gadget, frame_size;
};

/* Calls function(a, b, c) with a return address in the object of the gadget. */
void *dlscope_call_as(const struct call_as *how, void *a, void *b, void *c);

/* Calls function(a ... f) as ourselves.  As with dlscope_call_as, an exception that
 * leaves it ends the innermost open call (span.h). */
intptr_t dlscope_call(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f,
		      void *function);

/* Calls function(a, b, c) as `caller`: through its gadget, or plainly. */
void *caller_call(const struct caller *caller, void *function, void *a, void *b, void *c);

/* Is this return address one of dlscope_call_as()'s own?  In a native stack the
 * frame before it is then the gadget, which the program never called. */
bool caller_is_continuation(uintptr_t address);

#endif
