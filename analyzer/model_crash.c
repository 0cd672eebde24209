/* SPDX-License-Identifier: MIT */
/*
 * Crashes that the shim saw (DLSCOPE_CRASH): the signal, the thread, the stack.
 */
#include "model_internal.h"

#include <signal.h>

void crash_free(struct crash *crash)
{
	if (crash)
		g_free(crash->stack);
	g_free(crash);
}

/* The handler's frames are inside that of the crash; all is kept where that is not
 * found. */
static uint32_t handler_frames(const struct event_crash *source)
{
	uint32_t i;

	for (i = 0; i < source->stack_count; i++)
		if (source->stack[i] == source->pc)
			return i;
	return 0;
}

/* The event comes twice where there is a stack; nothing of the process comes after. */
void crash_seen(struct process *process, const struct event *event)
{
	const struct event_crash *source = &event->crash;
	struct crash *crash = g_new0(struct crash, 1);
	uint32_t i, skipped = handler_frames(source);

	crash->tid = source->tid;
	crash->call = source->call;
	crash->signal = source->signal;
	crash->address = source->address;
	crash->pc = source->pc;
	crash->caller.address = source->caller;
	crash->depth = source->stack_count - skipped;
	crash->stack = g_new0(struct frame, crash->depth);
	for (i = 0; i < crash->depth; i++)
		crash->stack[i].address = source->stack[i + skipped];
	crash_free(process->crash);
	process->crash = crash;
}

static void find_object(const struct process *process, struct frame *frame)
{
	*frame = process_frame(process, frame->address);
}

/* What is mapped in the end is what was mapped then. */
void crash_finish(struct process *process)
{
	struct crash *crash = process->crash;
	uint32_t i;

	if (!crash)
		return;
	find_object(process, &crash->caller);
	for (i = 0; i < crash->depth; i++)
		find_object(process, &crash->stack[i]);
	if (process->outcome == PROCESS_UNKNOWN) {
		process->outcome = PROCESS_KILLED;
		process->signal = crash->signal;
	}
}

bool crash_called_null(const struct crash *crash)
{
	return crash && crash->signal == SIGSEGV && !crash->pc;
}
