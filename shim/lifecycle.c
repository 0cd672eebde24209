/* SPDX-License-Identifier: MIT */
/*
 * The shim's constructor and destructor.
 *
 * Hooks work before and after both: what they need is set up on first use.  The
 * constructor brings in what must not be done inside a hook, and announces the
 * process so that one which loads nothing is in the trace as well.
 */
#include <errno.h>
#include <stdlib.h>

#include "crash.h"
#include "fork_guard.h"
#include "global_scope.h"
#include "process.h"
#include "provider_loader.h"
#include "real.h"
#include "settings.h"
#include "span.h"
#include "stack.h"
#include "surroundings.h"
#include "thread.h"
#include "ticks.h"
#include "trace.h"

static void announce(void)
{
	if (thread_block())
		process_announce(process_current());
}

/* quick_exit() runs no destructors. */
__attribute__((destructor)) static void stop(void)
{
	int saved_errno = errno;
	thread_enter_tracer();
	if (trace_attached() && thread_block() && process_is_own(process_current())) {
		span_end_left(__builtin_frame_address(0));
		process_farewell(process_current());
	}
	thread_leave_tracer();
	errno = saved_errno;
}

/* glibc passes main's arguments to constructors. */
__attribute__((constructor)) static void start(int argc, char **argv)
{
	int saved_errno = errno;
	thread_enter_tracer();
	span_main_stack(argv);
	dlscope_resolve_all();
	if (!trace_attached()) {
		settings_read();
		if (settings.disable)
			trace_hook_nothing();
		else
			provider_load();
	}
	if (trace_attached()) {
		thread_prepare();
		ticks_prepare();
		if (trace_on(EVENT_load_begin) && global_scope_hide(trace_sink_address()))
			trace_hook_loads(); /* for RTLD_GLOBAL */
		fork_guard_prepare();
		(void)at_quick_exit(stop);
		if (settings.stack)
			stack_prepare();
		surroundings_keep();
		announce();
		process_mark_start();
		if (settings.crash)
			crash_prepare();
	}
	thread_leave_tracer();
	/* LTTng (2.13.5), preloaded beside us, was here first and leaves ENOENT where
	 * its shared memory was not there yet; a program begins with errno 0 */
	errno = trace_attached() ? 0 : saved_errno;
}
