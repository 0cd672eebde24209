/* SPDX-License-Identifier: MIT */
/*
 * A handler for the signals of crashes: see crash.h.
 *
 * It writes the event, puts the default action back and lets the signal happen once
 * more, so that the parent sees the same signal and the core is taken where the crash
 * was: a fault's instruction runs again when the handler returns; what kill(), raise()
 * or abort() sent is sent again with the same siginfo.
 *
 * What a program can notice, and why this is opt-in: sigaction() tells of a handler
 * where there was none, and the kernel runs it on the thread's stack (or alternative
 * stack) before the process dies.  A program's own handlers take its place.
 */
#include "crash.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "process.h"
#include "settings.h"
#include "stack.h"
#include "thread.h"
#include "trace.h"

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* Where it was, and where that was called from if it is the target of a call through
 * NULL: then there is nothing to unwind from. */
static void take_place(struct dl_call *call, const ucontext_t *context)
{
#if defined(__x86_64__)
	const greg_t *registers = context->uc_mcontext.gregs;
	call->base = (uint64_t)registers[REG_RIP];
	if (!call->base && registers[REG_RSP])
		call->caller = *(const uint64_t *)registers[REG_RSP];
#endif
}

static void take_signal(struct dl_call *call, const siginfo_t *info)
{
	call->signal = info->si_signo;
	call->signal_code = info->si_code;
	call->address = info->si_code > 0 ? (uintptr_t)info->si_addr : 0;
}

/* Twice: unwinding what a crash has left may crash as well. */
static void emit_crash(struct thread_block *block, const siginfo_t *info, const ucontext_t *context)
{
	struct process *process = process_current();
	const struct open_call *open = open_calls_top(&block->open_calls);
	struct dl_call call;
	thread_call(&call, process);
	call.call = open ? open->call : 0;
	take_signal(&call, info);
	take_place(&call, context);
	trace_emit(EVENT_crash, &call);
	/* what a load in flight has mapped is not in the trace yet */
	objects_scan(process, call.call, NULL);
	if (!settings.stack || !call.base)
		return;
	call.stack = block->stack;
	bool cut;
	call.stack_depth = stack_capture(
		block->stack, settings.stack < DL_STACK_MAX ? settings.stack : DL_STACK_MAX, &cut);
	trace_emit(EVENT_crash, &call);
}

static void die_of(const siginfo_t *info)
{
	if (info->si_code > 0)
		return; /* the instruction runs again */
	siginfo_t again = *info;
	syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), info->si_signo, &again);
}

static void on_crash(int signal_number, siginfo_t *info, void *context)
{
	int saved_errno = errno;
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigaction(signal_number, &plain, NULL);
	struct thread_block *block = dlscope_thread.block;
	if (block && !dlscope_thread.tracer_frame && trace_on(EVENT_crash)) {
		thread_enter_tracer();
		emit_crash(block, info, context);
		thread_leave_tracer();
	}
	die_of(info);
	errno = saved_errno;
}

static void prepare(int signal_number)
{
	struct sigaction now,
		ours = { .sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	if (sigaction(signal_number, NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) &&
	    now.sa_handler == SIG_DFL)
		sigaction(signal_number, &ours, NULL);
}

void crash_prepare(void)
{
	for (size_t i = 0; i < sizeof crash_signals / sizeof crash_signals[0]; i++)
		prepare(crash_signals[i]);
}
