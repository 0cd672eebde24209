/* SPDX-License-Identifier: MIT */
/*
 * The Perl stack: Perl_caller_cx(), which is what the function caller() uses, and the
 * statement that each frame was called from.
 *
 * It waits for nothing and allocates nothing (perl 5.36 pp_ctl.c).  What it returns is a
 * structure, of which only 5.36 with threads has been looked at (cop.h), so only that is
 * read.
 */
#include <stddef.h>

#include "interp_stack.h"
#include "runtimes.h"

static const struct perl {
	const struct link_map *map;
	void *(*get_context)(void);
	const char *(*caller_cx)(void *perl, int32_t level, void *);
	void **interpreter;
} * met;

void perl_attach(struct process *process, const struct link_map *map)
{
	static struct perl perl;
	const uint8_t *version = (const uint8_t *)interp_symbol(map, "PL_version");
	if (met || !version || *version != 36 || !interp_symbol(map, "PL_thr_key"))
		return;
	perl.map = map;
	perl.get_context = (void *(*)(void))interp_symbol(map, "Perl_get_context");
	perl.caller_cx = (const char *(*)(void *, int32_t, void *))interp_symbol(map,
										 "Perl_caller_cx");
	perl.interpreter = (void **)interp_symbol(map, "PL_curinterp");
	if (perl.get_context && perl.caller_cx && perl.interpreter)
		__atomic_store_n(&met, &perl, __ATOMIC_RELEASE);
}

enum { CONTEXT_OLDCOP = 16, COP_LINE = 36, COP_FILE = 48 };

uint32_t perl_walk(const struct span *span, const intptr_t *arguments, struct text *text,
		   uint32_t depth)
{
	const struct perl *perl = __atomic_load_n(&met, __ATOMIC_ACQUIRE);
	uint32_t level = 0;
	/* until there is one, Perl_get_context() has a key that is not its own */
	if (!perl || span->caller.map != perl->map || !*perl->interpreter)
		return 0;
	void *context = perl->get_context();
	for (; context && level < depth; level++) {
		const char *frame = perl->caller_cx(context, (int32_t)level, NULL);
		const char *statement = frame ? *(const char *const *)(frame + CONTEXT_OLDCOP)
					      : NULL;
		const char *file = statement ? *(const char *const *)(statement + COP_FILE) : NULL;
		if (!file || !append_place(text, "", file, *(const int *)(statement + COP_LINE)))
			break;
	}
	return level;
}
