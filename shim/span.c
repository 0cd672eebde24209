/* SPDX-License-Identifier: MIT */
/* Spans: see span.h. */
#include "span.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unwind.h>

#include "counters.h"
#include "ticks.h"
#include "trace.h"

/* Reports a call that was left without a return. */
static void emit_left(const struct process *process, const struct open_call *left)
{
	struct dl_call call;
	if (left->process != process->key)
		return; /* begun by the parent process, which will report it */
	thread_call(&call, process);
	call.call = left->call;
	call.outcome = left->unwound;
	call.duration_ns = now_ns() - left->started_ns;
	call.tracer_ns = left->nested_tracer_ns;
	call.tracer_total_ns = __atomic_load_n(&process->tracer_total_ns, __ATOMIC_RELAXED);
	trace_emit(left->end_event, &call);
}

/* A signal handler on a stack of its own may lie above the frames that it interrupts,
 * and then looks as if it had left them.  Asked only when something looks so. */
static bool on_signal_stack(void)
{
	stack_t stack;
	return sigaltstack(NULL, &stack) == 0 && stack.ss_flags & SS_ONSTACK;
}

static void drop_left(struct span *span, struct open_calls *open)
{
	struct open_call left;
	if (!open_calls_looks_left(open, span->frame) || on_signal_stack())
		return;
	while (open_calls_pop_left(open, span->frame, &left)) {
		struct open_call *outer = open_calls_top(open);
		if (outer)
			outer->nested_tracer_ns += left.nested_tracer_ns;
		emit_left(span->process, &left);
	}
}

/* Inlined, for each of the two ways to make the call record. */
static inline __attribute__((always_inline)) bool enter(
	struct span *span, const void *return_address, const void *frame, uint64_t scale,
	void (*make_call)(struct dl_call *, const struct process *))
{
	span->entry_errno = errno;
	span->phase = SPAN_UNTRACED;
	if (dlscope_thread.tracer_frame && on_signal_stack()) {
		caller_find(return_address, &span->caller);
		thread_count_reentrant();
		errno = span->entry_errno;
		return false;
	}
	span->count_usage = span->is_usual = false;
	span->frame = (uintptr_t)frame;
	dlscope_thread.tracer_frame = span->frame;
	caller_find(return_address, &span->caller);
	struct thread_block *block = thread_block();
	if (!block) {
		thread_leave_tracer();
		errno = span->entry_errno;
		return false;
	}
	span->scale = scale;
	span->entered = ticks_now(scale);
	span->process = process_current();
	make_call(&span->call, span->process);
	process_announce(span->process);
	drop_left(span, &block->open_calls);
	const struct open_call *parent = open_calls_top(&block->open_calls);
	span->call.call = process_next_call(span->process);
	span->call.parent = parent ? parent->call : 0;
	span->call.caller = (uintptr_t)return_address;
	span->phase = SPAN_ENTERED;
	return true;
}

bool span_enter(struct span *span, const void *return_address, const void *frame)
{
	return enter(span, return_address, frame, 0, thread_call);
}

bool span_enter_resolution(struct span *span, const void *return_address, const void *frame)
{
	return enter(span, return_address, frame, __atomic_load_n(&ticks_scale, __ATOMIC_RELAXED),
		     thread_call_of_resolution);
}

/* The two sides of the real function. */
static void hand_over(struct span *span)
{
	span->phase = SPAN_STARTED;
	errno = span->entry_errno;
	thread_leave_tracer();
}

static void take_back(struct span *span, uint64_t started)
{
	span->exit_errno = errno;
	dlscope_thread.tracer_frame = span->frame;
	uint64_t stopped = ticks_now(span->scale);
	span->phase = SPAN_STOPPED;
	span->call.duration_ns = ticks_between(started, stopped, span->scale);
	/* A child forked inside the real function returns from it too: it is
	 * another image, where this call never began. */
	span->process = process_current();
}

/* The return address of a frame on the main thread's stack, which is never unmapped.
 * Stacks made by mmap are at least 128 MiB below its top (Linux, mmap_base()). */
static uintptr_t main_stack_top;

static uintptr_t resume_of(uintptr_t frame)
{
	if (frame >= main_stack_top || main_stack_top - frame > (64u << 20))
		return 0;
	return ((const uintptr_t *)frame)[1];
}

void span_main_stack(const void *top)
{
	main_stack_top = (uintptr_t)top;
}

void span_end_left(const void *frame)
{
	struct thread_block *block = thread_block();
	struct span span = { .frame = (uintptr_t)frame, .process = process_current() };
	if (block)
		drop_left(&span, &block->open_calls);
}

void span_start(struct span *span, enum trace_event end_event, uint8_t unwound)
{
	if (span->count_usage)
		span->before = usage_now(&dlscope_thread.block->last_usage, span->process->key,
					 now_ns());
	span->started_ns = now_ns();
	span->on_stack = open_calls_push(&dlscope_thread.block->open_calls,
					 &(struct open_call){
						 .call = span->call.call,
						 .process = span->call.process,
						 .frame = span->frame,
						 .resume = resume_of(span->frame),
						 .started_ns = span->started_ns,
						 .end_event = end_event,
						 .unwound = unwound,
					 });
	if (!span->on_stack)
		counter_add(&counters()->depth_exceeded, 1);
	hand_over(span);
}

/* Takes this span off the open calls, after what was left inside of it.  False:
 * it is not there (too deep, reported as left already, or begun in the parent). */
static bool close_open_call(struct span *span, struct open_call *own)
{
	struct thread_block *block = thread_block();
	struct open_call left;
	while (block && open_calls_pop_inner(&block->open_calls, span->call.call, &left))
		emit_left(span->process, &left);
	struct open_call *top = block ? open_calls_top(&block->open_calls) : NULL;
	if (!span->on_stack || !top || top->call != span->call.call)
		return false;
	*own = *top;
	block->open_calls.depth--;
	return true;
}

static void take_usage(struct span *span)
{
	struct thread_block *block = thread_block();
	if (!block)
		return;
	struct usage after = usage_now(&block->last_usage, span->process->key,
				       span->started_ns + span->call.duration_ns);
	struct usage used = usage_between(&span->before, &after);
	span->call.cpu_ns = used.cpu_ns;
	span->call.minor_faults = used.minor_faults;
	span->call.major_faults = used.major_faults;
}

void span_stop(struct span *span)
{
	take_back(span, span->started_ns);
	if (span->count_usage)
		take_usage(span);
	struct open_call own;
	if (close_open_call(span, &own))
		span->call.tracer_ns = own.nested_tracer_ns;
	span->call.tracer_total_ns = __atomic_load_n(&span->process->tracer_total_ns,
						     __ATOMIC_RELAXED);
}

void span_start_short(struct span *span)
{
	hand_over(span);
}

void span_stop_short(struct span *span)
{
	take_back(span, span->entered);
}

bool span_is_own(const struct span *span)
{
	return span->call.process == span->process->key;
}

void span_emit(struct span *span, enum trace_event event)
{
	if (span_is_own(span))
		trace_emit(event, &span->call);
}

static uint64_t measure_own(const struct span *span)
{
	uint64_t all_ns = ticks_between(span->entered, ticks_now(span->scale), span->scale);
	return all_ns > span->call.duration_ns ? all_ns - span->call.duration_ns : 0;
}

/* Reading the clock takes 17 ns of the 200 that a traced dlsym() does.  The smaller of
 * two measurements: one that the scheduler or a page fault lengthened is charged once,
 * as it was, and not eight times. */
static uint64_t usual_own(const struct span *span, struct thread_block *block)
{
	uint64_t *last = block->usual_own_ns;
	uint32_t number = block->usual_spans++;
	if (number >= 2 && number % 8 != 0)
		return last[0] < last[1] ? last[0] : last[1];
	last[1] = last[0];
	ticks_calibrate();
	return last[0] = measure_own(span);
}

void span_leave(struct span *span)
{
	struct thread_block *block = dlscope_thread.block;
	uint64_t own_ns = span->is_usual && block ? usual_own(span, block) : measure_own(span);
	struct open_call *parent = block ? open_calls_top(&block->open_calls) : NULL;
	if (parent)
		parent->nested_tracer_ns += own_ns + span->call.tracer_ns;
	counter_add(&span->process->tracer_total_ns, own_ns);
	span->phase = SPAN_UNTRACED;
	errno = span->exit_errno;
	thread_leave_tracer();
}

/* Personality routine of dlscope_call_as and dlscope_call (Itanium C++ ABI,
 * "Exception Handling", 1.6; the same for pthread_cancel's forced unwinding).  In
 * the second phase the frame will go; the open call it belongs to is the innermost
 * one, since those inside have had their turn.  There is nothing to catch and no
 * landing pad. */
_Unwind_Reason_Code dlscope_personality(int version, _Unwind_Action actions,
					_Unwind_Exception_Class class,
					struct _Unwind_Exception *exception,
					struct _Unwind_Context *context)
	__attribute__((visibility("hidden")));

_Unwind_Reason_Code dlscope_personality(int version, _Unwind_Action actions,
					_Unwind_Exception_Class class,
					struct _Unwind_Exception *exception,
					struct _Unwind_Context *context)
{
	struct open_calls *open = dlscope_thread.block ? &dlscope_thread.block->open_calls : NULL;
	if ((actions & _UA_CLEANUP_PHASE) && open && open->depth > 0) {
		int saved_errno = errno;
		thread_enter_tracer();
		emit_left(process_current(), &open->calls[--open->depth]);
		thread_leave_tracer();
		errno = saved_errno;
	}
	return _URC_CONTINUE_UNWIND;
}
