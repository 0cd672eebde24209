/* SPDX-License-Identifier: MIT */
/*
 * Native stacks, by libunwind: 20 us each at first, 0.3 us each once a thread has its
 * cache, which takes some 110 us and 256 KiB.  So a thread gets one when it has taken a
 * few stacks.
 *
 * Where libunwind is missing libgcc serves, at 4 us each.  It is no second choice for
 * its cost: it reads the code that a return address names without asking whether it is
 * mapped (GCC 12, linux-unwind.h x86_64_fallback_frame_state), and where stacks are
 * switched by hand, as greenlets do, something else may stand there.
 */
#include "stack.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stddef.h>

#include "caller.h"
#include "elf_image.h"
#include "fork_guard.h"
#include "real.h"
#include "thread.h"
#include "unwind_libgcc.h"
#include "unwind_libunwind.h"

enum { STACKS_BEFORE_CACHE = 4 };

static struct {
	bool libunwind;		      /* else libgcc */
	bool careful;		      /* unwind tables here are not to be trusted */
	uintptr_t own_start, own_end; /* the shim's own code */
	bool ready;
} unwinder;

/* Wine's loader is the program of all of its processes (loader/main.c).  In Wine's unwind
 * tables are registers that nobody keeps: unwind_libunwind() copes with those, but
 * unw_backtrace() and libgcc read through what happens to be in them. */
static bool is_wine(void)
{
	struct elf_symbol symbol;
	return elf_find_symbol(_r_debug.r_map, "wine_main_preload_info", &symbol);
}

bool stack_prepare(void)
{
	struct dl_find_object self;
	unwinder.careful = is_wine();
	unwinder.libunwind = unwind_libunwind_prepare();
	bool found = unwinder.libunwind || unwind_libgcc_prepare();
	dlscope_real_dlerror(); /* a missing unwinder is not the program's error */
	if (!found || _dl_find_object((void *)stack_prepare, &self) != 0)
		return false;
	unwinder.own_start = (uintptr_t)self.dlfo_map_start;
	unwinder.own_end = (uintptr_t)self.dlfo_map_end;
	__atomic_store_n(&unwinder.ready, true, __ATOMIC_RELEASE);
	return true;
}

void stack_forget(uintptr_t start, uintptr_t end)
{
	if (__atomic_load_n(&unwinder.ready, __ATOMIC_ACQUIRE) && unwinder.libunwind)
		unwind_libunwind_forget(start, end);
}

static int unwind(struct thread_block *block, void **frames, int max)
{
	if (!unwinder.libunwind)
		return unwinder.careful ? 0 : unwind_libgcc(frames, max);
	if (block->stacks_taken == STACKS_BEFORE_CACHE && !unwinder.careful)
		return unwind_libunwind_cached(frames, max);
	block->stacks_taken += block->stacks_taken < STACKS_BEFORE_CACHE;
	return unwind_libunwind(frames, max);
}

/* Drops the shim's frames, and the gadgets that its real calls return through. */
static uint32_t keep_program(void *const *frames, int count, uint64_t *stack, uint32_t max,
			     bool *cut)
{
	uint32_t kept = 0;
	for (int i = 0; i < count; i++) {
		uintptr_t address = (uintptr_t)frames[i];
		if (caller_is_continuation(address) && kept > 0)
			kept--;
		if (address >= unwinder.own_start && address < unwinder.own_end)
			continue;
		*cut = kept == max;
		if (*cut)
			break;
		stack[kept++] = address;
	}
	return kept;
}

struct capture {
	uint64_t *stack;
	uint32_t max;
	bool *cut;
};

static uint32_t capture(void *argument)
{
	const struct capture *wanted_stack = argument;
	uint32_t max = wanted_stack->max;
	struct thread_block *block = dlscope_thread.block;
	void **frames = block->raw_stack;
	int room = (int)(sizeof block->raw_stack / sizeof frames[0]);
	int count = unwind(block, frames, (int)max + 32 < room ? (int)max + 32 : room);
	return keep_program(frames, count, wanted_stack->stack, max, wanted_stack->cut);
}

uint32_t stack_capture(uint64_t *stack, uint32_t max, bool *cut)
{
	struct thread_block *block = dlscope_thread.block;
	uintptr_t frame = dlscope_thread.tracer_frame;
	struct capture wanted = { stack, max, cut };
	if (!__atomic_load_n(&unwinder.ready, __ATOMIC_ACQUIRE) || !fork_guard_enter())
		return 0;
	/* libunwind asks of addresses whether they are mapped by system calls that are
	 * cancellation points; dlopen is none. */
	int cancel_state;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	dlscope_thread.tracer_frame = THREAD_ON_OTHER_STACK;
	uint32_t depth = stack_switch(capture, &wanted,
				      block->unwind_stack + sizeof block->unwind_stack);
	dlscope_thread.tracer_frame = frame;
	pthread_setcancelstate(cancel_state, NULL);
	fork_guard_leave();
	return depth;
}
