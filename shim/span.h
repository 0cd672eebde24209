/* SPDX-License-Identifier: MIT */
/*
 * A span: one traced call of a real function, from the moment the hook is
 * entered to the moment it returns.
 *
 *	span_enter	the tracer's own time begins; id, parent, caller
 *	 ... begin event
 *	span_start	the program's time begins
 *	 ... the real function
 *	span_stop	and ends; duration, CPU time, faults
 *	 ... end event
 *	span_leave	the tracer's time ends and is charged to itself
 *
 * errno is the program's own at the real function, and the real function's own
 * at the return.  Between enter and start and between stop and leave the thread
 * counts as inside the tracer, and its dl calls pass through.
 *
 * Nothing is held while the program's code runs, so leaving it by longjmp or by an
 * exception leaves nothing behind but the entry among the open calls.  A longjmp
 * is noticed at the thread's next traced call or when the process ends, by the stack
 * pointer, and in the main thread by what has been overwritten; an exception
 * when it passes, by a personality routine on the frame of dlscope_call_as and
 * dlscope_call, through which every real function is called.  (A cleanup attribute
 * would need libgcc's personality, hence libgcc_s in every traced program, and
 * not always the one whose unwinder is running.)
 */
#ifndef DLSCOPE_SPAN_H
#define DLSCOPE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "caller.h"
#include "dl_call.h"
#include "process.h"
#include "thread.h"
#include "trace_sink.h"
#include "usage.h"

enum span_phase { SPAN_UNTRACED, SPAN_ENTERED, SPAN_STARTED, SPAN_STOPPED };

struct span {
	enum span_phase phase;
	struct dl_call call;
	struct caller caller;
	struct process *process;
	uintptr_t frame;
	uint64_t entered, scale; /* ticks.h; of all but resolutions the scale is 0 */
	uint64_t started_ns;
	struct usage before;
	int entry_errno, exit_errno;
	bool on_stack;	   /* of open calls */
	bool count_usage;  /* CPU time and faults (usage.h); set before start */
	bool is_usual;	   /* costs the tracer what all such do; set before leave */
	intptr_t argument; /* the first, of a function that a thunk calls */
};

/* `frame` is the hook's stack frame, `return_address` where it returns to.
 * Returns false, with the span untraced, when there is no memory for the thread's
 * block, or when this is a signal handler that interrupted the tracer: the caller is
 * found all the same. */
bool span_enter(struct span *span, const void *return_address, const void *frame);

/* The same, of a resolution: of the call record there is as much as DL_CALL_RESOLUTION, for
 * symbol events, and for interp_stack, which fills in all that it has besides. */
bool span_enter_resolution(struct span *span, const void *return_address, const void *frame);

/* end_event and unwound say how to report the span if it is left by longjmp or an
 * exception. */
void span_start(struct span *span, enum trace_event end_event, uint8_t unwound);
void span_stop(struct span *span);
void span_leave(struct span *span);

/* `top` is in the main thread's stack, above all frames of the program. */
void span_main_stack(const void *top);

/* At the end of the process: ends the open calls of this thread that were left by
 * longjmp; `frame` is the caller's. */
void span_end_left(const void *frame);

/* Did the span begin in this process?  Not so in a child that was forked inside of
 * it and returns from it as well: there the call never was. */
bool span_is_own(const struct span *span);

/* Writes an event of the span, if it is this process's own. */
void span_emit(struct span *span, enum trace_event event);

/* As start and stop, for calls that run none of the program's code and are not
 * worth the system calls of usage.h: only the time is taken.  Of those that are usual,
 * what the tracer costs is measured for one in eight of a thread's, and the others are
 * charged as much. */
void span_start_short(struct span *span);
void span_stop_short(struct span *span);

#endif
