/* SPDX-License-Identifier: MIT */
/*
 * By which function a program loaded: the one of its runtime or library that called
 * dlopen for it (`via` of runtimes.def), as far as the native stack shows it.
 *
 * From the caller of dlopen outwards, as long as one front calls the next: what is
 * named is what the program wrote, process.dlopen and not the uv_dlopen below it.  A
 * runtime without a front of its own may stand innermost, as libjvm does below
 * System.load.
 */
#include "model.h"

static const char *via_of(const struct frame *frame)
{
	return frame->object ? runtimes_via(frame->object->runtimes) : NULL;
}

const char *load_via(const struct load *load)
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
