/* SPDX-License-Identifier: MIT */
/*
 * The place inside an object that a real function may return to on its way back
 * to the shim; see call_as_x86_64.S.
 */
#ifndef DLSCOPE_GADGET_H
#define DLSCOPE_GADGET_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

struct gadget {
	uintptr_t address;    /* 0: the object has none */
	uintptr_t frame_size; /* bytes from the gadget's %rsp to its CFA */
};

/* Finds one in `object`, as filled in by _dl_find_object(): best one whose
 * unwind rule is known (*gadget is then transparent for unwinders), else any.
 * Reads the object's memory only; bounded work; signal safe. */
bool gadget_find(const struct dl_find_object *object, struct gadget *gadget);

/* One in code that lies in no object (JIT code), known to return to `address`: in
 * the same page, after it.  False: none there. */
bool gadget_find_near(const void *address, struct gadget *gadget);

/* Is it still one?  Code can be patched. */
bool gadget_is_valid(const struct gadget *gadget);

/* Can gadgets be used in this thread at all? */
bool gadget_usable(void);

#endif
