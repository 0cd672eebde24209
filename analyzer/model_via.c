/* SPDX-License-Identifier: MIT */
/*
 * By which function a program loaded: the one of its runtime or library that called
 * dlopen for it (`via` of runtimes.def), as far as the native stack shows it.
 *
 * From the caller of dlopen outwards, as long as one front calls the next: what is
 * named is what the program wrote, process.dlopen and not the uv_dlopen below it.  A
 * runtime without a front of its own may stand innermost, as libjvm does below
 * System.load.  What a front loads for itself is told by the file's name (own_loads.def).
 */
#include <fnmatch.h>
#include <glib.h>
#include <string.h>

#include "model.h"
#include "text.h"

static const char *via_of(const struct frame *frame)
{
	return frame->object ? runtimes_via(frame->object->runtimes) : NULL;
}

static const struct own_load {
	const char *via, *file;
	enum presence_rule presence;
} own_loads[] = {
#define OWN_LOAD(via, file, presence) { via, file, presence },
#include "own_loads.def"
#undef OWN_LOAD
};

/* The row about what is loaded through `via`, or NULL. */
static const struct own_load *find_own(const char *via, const char *requested)
{
	size_t i;

	for (i = 0; via && i < G_N_ELEMENTS(own_loads); i++)
		if (!strcmp(own_loads[i].via, via) &&
		    !fnmatch(own_loads[i].file, requested ? text_basename(requested) : "", 0))
			return &own_loads[i];
	return NULL;
}

static const char *front_of(const struct load *load)
{
	const char *via = via_of(&load->caller);
	uint32_t i;

	for (i = 0; i < load->stack_depth; i++) {
		const struct frame *frame = &load->stack[i];
		const char *here = via_of(frame);

		if (here)
			via = here;
		else if (via || !load->caller.object || !load->caller.object->runtimes ||
			 frame->object != load->caller.object)
			break;
	}
	return via;
}

const char *load_via(const struct load *load)
{
	const char *via = front_of(load);

	return find_own(via, load->requested) ? NULL : via;
}

bool load_is_optional(const struct load *load)
{
	const struct own_load *own = find_own(front_of(load), load->requested);

	return own && own->presence == OPTIONAL;
}
