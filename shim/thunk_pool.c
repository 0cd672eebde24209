/* SPDX-License-Identifier: MIT */
/* The pool of thunks, and what happens when one is called: see thunk_pool.h.  They are
 * handed out one after the other, so that few pages are touched, and found again by an
 * open-addressed table of their numbers. */
#include "thunk_pool.h"

#include <string.h>

#include "trace.h"

static struct thunk thunks[THUNKS];

extern char dlscope_thunks[] __attribute__((visibility("hidden")));

/* Number of a thunk, plus 1; 0: free. */
static uint16_t places[2 * THUNKS];
_Static_assert(THUNKS < UINT16_MAX, "places");

/* A thunk of this key that no place names yet; NULL when none is left. */
static struct thunk *new_thunk(uintptr_t key)
{
	static uint32_t used;
	if (THUNK_GET(used) >= THUNKS)
		return NULL;
	uint32_t number = __atomic_fetch_add(&used, 1, __ATOMIC_RELAXED);
	if (number >= THUNKS)
		return NULL;
	THUNK_SET(thunks[number].key, key);
	return &thunks[number];
}

/* Two threads that come with one key at once find the thunk of the faster one; the other's
 * stays unused. */
struct thunk *thunk_for(uintptr_t key)
{
	struct thunk *made = NULL;
	size_t index = (key >> 4) * 0x9e3779b97f4a7c15u >> 32;
	for (size_t probe = 0; probe < 2 * THUNKS; probe++) {
		uint16_t *place = &places[(index + probe) % (2 * THUNKS)];
		uint16_t found = __atomic_load_n(place, __ATOMIC_ACQUIRE);
		if (found == 0) {
			if (!made)
				made = new_thunk(key);
			if (!made || __atomic_compare_exchange_n(
					     place, &found, (uint16_t)(made - thunks + 1), false,
					     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
				return made;
		}
		if (THUNK_GET(thunks[found - 1].key) == key)
			return &thunks[found - 1];
	}
	return NULL;
}

void *thunk_address(const struct thunk *thunk)
{
	return dlscope_thunks + (size_t)(thunk - thunks) * THUNK_SIZE;
}

struct thunk *thunk_at(const void *address)
{
	uintptr_t offset = (uintptr_t)address - (uintptr_t)dlscope_thunks;
	return offset < (uintptr_t)THUNKS * THUNK_SIZE ? &thunks[offset / THUNK_SIZE] : NULL;
}

const char *thunk_keep_text(const char *text)
{
	static char arena[256 * 1024];
	static uint64_t used;
	size_t size = strlen(text) + 1;
	if (THUNK_GET(used) + size > sizeof arena)
		return "";
	uint64_t offset = __atomic_fetch_add(&used, size, __ATOMIC_RELAXED);
	if (offset + size > sizeof arena)
		return "";
	return memcpy(arena + offset, text, size);
}

typedef intptr_t thunk_function(intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t);

intptr_t dlscope_thunk_call(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f,
			    uint64_t number, const void *return_address)
	__attribute__((visibility("hidden")));

/* Called by every thunk, with the arguments that it was called with. */
intptr_t dlscope_thunk_call(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f,
			    uint64_t number, const void *return_address)
{
	const struct thunk *thunk = &thunks[number];
	const struct thunk_role *role = THUNK_GET(thunk->role);
	const intptr_t arguments[] = { a, b };
	struct span span;
	if (dlscope_thread.tracer_frame || !trace_on(role->end_event) ||
	    !span_enter(&span, return_address, __builtin_frame_address(0)))
		return ((thunk_function *)thunk->function)(a, b, c, d, e, f);
	span.argument = a;
	role->before(&span, thunk, arguments);
	span.count_usage = true;
	span_start(&span, role->end_event, role->unwound);
	intptr_t result = dlscope_call(a, b, c, d, e, f, thunk->function);
	span_stop(&span);
	role->after(&span, thunk, result);
	span_emit(&span, role->end_event);
	if (role->done)
		result = role->done(&span, thunk, result);
	span_leave(&span);
	return result;
}
