/* SPDX-License-Identifier: MIT */
/* _exit and _Exit: they run no destructor, so the farewell is written here.
 * (exit() calls libc's own _exit; that way passes lifecycle.c's destructor.) */
#include "hooks.h"
#include "process.h"
#include "real.h"
#include "span.h"
#include "thread.h"

static void farewell(void)
{
	/* A vfork child leaves by _exit as well, in its parent's memory. */
	thread_enter_tracer();
	struct process *process = process_current();
	if (thread_block() && process_is_own(process)) {
		span_end_left(__builtin_frame_address(0));
		process_farewell(process);
	}
	thread_leave_tracer();
}

void traced__exit(int status)
{
	farewell();
	dlscope_real__exit(status);
}

void traced__Exit(int status)
{
	farewell();
	dlscope_real__Exit(status);
}
