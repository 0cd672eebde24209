/* SPDX-License-Identifier: MIT */
/* Which interpreter is asked, and what is written: see interp_stack.h. */
#include "interp_stack.h"

#include "elf_image.h"
#include "runtimes.h"
#include "settings.h"
#include "thread.h"
#include "trace.h"

void *interp_symbol(const struct link_map *map, const char *name)
{
	struct elf_symbol symbol;
	return elf_find_symbol(map, name, &symbol) ? (void *)symbol.address : NULL;
}

static bool walk(struct span *span, const char *runtime, interp_walk *walk_of,
		 const intptr_t *arguments)
{
	char *frames = dlscope_thread.block->scratch;
	struct text text = { frames, frames + DL_FRAMES_MAX, false };
	uint32_t depth = walk_of(span, arguments, &text, settings.interp_stack);
	if (!depth)
		return false;
	span->call.frames_depth = depth;
	span->call.entries = NULL;
	span->call.entries_count = 0;
	span->call.frames = frames;
	span->call.frames_size = (uint32_t)(text.at - frames);
	span->call.frames_cut = text.cut || depth == settings.interp_stack;
	span->call.runtime = runtime;
	span->call.interpreter = 0;
	span_emit(span, EVENT_interp_stack);
	return true;
}

enum when { LOAD, INIT };

static const struct {
	uint8_t runtime;
	enum when when;
	const char *id;
	interp_walk *walk;
} interpreters[] = {
#define cpython_walk			  NULL
#define INTERPRETER(runtime, when, gives) { RUNTIME_##runtime, when, #runtime, runtime##_walk },
#include "interpreters.def"
#undef INTERPRETER
#undef cpython_walk
};

enum { INTERPRETERS = sizeof interpreters / sizeof interpreters[0] };

static bool is_wanted(void)
{
	return settings.interp_stack && trace_on(EVENT_interp_stack);
}

static bool is_here(const struct span *span, uint8_t runtime)
{
	return __atomic_load_n(&span->process->runtimes, __ATOMIC_RELAXED) & RUNTIME_BIT(runtime);
}

bool interp_stack_emit(struct span *span)
{
	if (!is_wanted())
		return false;
	if (cpython_stack_emit(span))
		return true;
	for (size_t i = 0; i < INTERPRETERS; i++)
		if (interpreters[i].when == LOAD && interpreters[i].walk &&
		    is_here(span, interpreters[i].runtime) &&
		    walk(span, interpreters[i].id, interpreters[i].walk, NULL))
			return true;
	return false;
}

void interp_stack_emit_init(struct span *span, uint8_t runtime, const intptr_t *arguments)
{
	for (size_t i = 0; i < INTERPRETERS; i++)
		if (interpreters[i].when == INIT && interpreters[i].runtime == runtime &&
		    is_wanted())
			walk(span, interpreters[i].id, interpreters[i].walk, arguments);
}
