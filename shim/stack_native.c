/* SPDX-License-Identifier: MIT */
/*
 * Native stacks, by the unwinder that suits:
 *
 *   libgcc     4 us each, from the first on, and always right
 *   libunwind  0.2 us each once a cache of 200 us and 256 KiB has been set up for the
 *              thread; passes code without unwind tables; slow when code that it has
 *              met has been unmapped (unwind_libunwind.c)
 *
 * So a thread begins with libgcc, whose stacks have cost as much as the cache when the
 * cache comes, and goes on with libunwind while that is quick.  Where libgcc stops short
 * of the outermost frame, libunwind serves in that thread for good; where libunwind is
 * missing, libgcc.
 */
#include "stack.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include "caller.h"
#include "fork_guard.h"
#include "real.h"
#include "thread.h"
#include "unwind_libgcc.h"
#include "unwind_libunwind.h"

enum { STACKS_BEFORE_CACHE = 50 };

static struct {
	bool libgcc, libunwind; /* there */
	uintptr_t own_start, own_end; /* the shim's own code */
	bool ready;
} unwinders;

bool stack_prepare(void)
{
	struct dl_find_object self;
	unwinders.libgcc = unwind_libgcc_prepare();
	unwinders.libunwind = unwind_libunwind_prepare();
	dlscope_real_dlerror(); /* a missing unwinder is not the program's error */
	if ((!unwinders.libgcc && !unwinders.libunwind) ||
	    _dl_find_object((void *)stack_prepare, &self) != 0)
		return false;
	unwinders.own_start = (uintptr_t)self.dlfo_map_start;
	unwinders.own_end = (uintptr_t)self.dlfo_map_end;
	__atomic_store_n(&unwinders.ready, true, __ATOMIC_RELEASE);
	return true;
}

void stack_forget(uintptr_t start, uintptr_t end)
{
	if (__atomic_load_n(&unwinders.ready, __ATOMIC_ACQUIRE) && unwinders.libunwind)
		unwind_libunwind_forget(start, end);
}

static bool libgcc_suits(const struct thread_block *block)
{
	if (!unwinders.libunwind)
		return true;
	return unwinders.libgcc && !block->without_tables &&
	       (block->stacks_taken < STACKS_BEFORE_CACHE || unwind_libunwind_is_slow());
}

static int unwind(struct thread_block *block, void **frames, int max)
{
	if (libgcc_suits(block)) {
		bool whole;
		int count = unwind_libgcc(frames, max, &whole);
		block->stacks_taken++;
		if (whole || !unwinders.libunwind)
			return count;
		block->without_tables = true;
	}
	return unwind_libunwind(frames, max);
}

/* Drops the shim's frames, and the gadgets that its real calls return through. */
static uint32_t keep_program(void *const *frames, int count, uint64_t *stack, uint32_t max, bool *cut)
{
	uint32_t kept = 0;
	for (int i = 0; i < count; i++) {
		uintptr_t address = (uintptr_t)frames[i];
		if (caller_is_continuation(address) && kept > 0)
			kept--;
		if (address >= unwinders.own_start && address < unwinders.own_end)
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
	if (!__atomic_load_n(&unwinders.ready, __ATOMIC_ACQUIRE) || !fork_guard_enter())
		return 0;
	/* libunwind asks of addresses whether they are mapped by system calls that are
	 * cancellation points; dlopen is none. */
	int cancel_state;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	dlscope_thread.tracer_frame = THREAD_ON_OTHER_STACK;
	uint32_t depth = stack_switch(capture, &wanted, block->unwind_stack + sizeof block->unwind_stack);
	dlscope_thread.tracer_frame = frame;
	pthread_setcancelstate(cancel_state, NULL);
	fork_guard_leave();
	return depth;
}
