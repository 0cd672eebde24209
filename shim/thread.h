/* SPDX-License-Identifier: MIT */
/*
 * What the shim keeps for each thread.
 *
 * A few words in initial-exec TLS, which exists from the thread's first
 * instruction on and is never allocated late (a lazily allocated TLS block would
 * call the program's malloc from inside a hook, and a malloc wrapper that calls
 * dlsym would come straight back).  The rest is a block of anonymous memory,
 * mapped at the thread's first traced call.
 */
#ifndef DLSCOPE_THREAD_H
#define DLSCOPE_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dl_call.h"
#include "open_calls.h"
#include "process.h"
#include "thread_layout.h"
#include "usage.h"

struct thunk;

struct thread_block {
	struct open_calls open_calls;
	char *error_text; /* owed to the program, or stale; see hook_dlerror.c */
	size_t error_capacity;
	char *error_owed;      /* error_text, or glibc's own text */
	int error_errno;       /* what delivering it does to errno; -1: nothing */
	void *asked_handle;    /* of the last load, where its interpreter's stack was written */
	uint32_t stacks_taken; /* without libunwind's cache */
	const struct thunk *asked_thunk; /* the last init function handed out to this thread */
	uint64_t asked_call;		 /* by this resolution */
	uint32_t usual_spans;		 /* left so far, see span_leave */
	uint64_t usual_own_ns[2];	 /* what the last two measured ones cost */
	struct usage_reading last_usage;
	uint64_t stack[DL_STACK_MAX];
	void *raw_stack[DL_STACK_MAX + 32];
	char cut[3][DL_TEXT_MAX + 1]; /* texts too long for an event */
	char scratch[16384];
	/* The unwinder needs several KiB of stack, and threads may have 16 KiB
	 * (PTHREAD_STACK_MIN).  Only what is touched costs memory. */
	char unwind_stack[256 * 1024] __attribute__((aligned(16)));
};

struct thread_state {
	uintptr_t tracer_frame; /* not 0: the shim's own code runs, entered from this frame */
	uint32_t error_pending; /* block->error_text is what dlerror() must say next */
	struct thread_block *block;
	uint64_t process; /* image that tid belongs to */
	uint32_t tid;
	bool signals_blocked; /* by the shim, see unwind_libunwind.c */
};

extern __thread struct thread_state dlscope_thread
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Value of tracer_frame while the thread is on unwind_stack: below any frame. */
#define THREAD_ON_OTHER_STACK UINTPTR_MAX

/* Around the shim's own code: dl calls made in between pass through. */
#define thread_enter_tracer() (dlscope_thread.tracer_frame = (uintptr_t)__builtin_frame_address(0))
#define thread_leave_tracer() (dlscope_thread.tracer_frame = 0)

/* This thread's block, mapped if need be; NULL when there is no memory. */
struct thread_block *thread_block(void);

/* Makes a call record: the fields of every event filled in, every text "". */
void thread_call(struct dl_call *call, const struct process *process);

/* As much of one as a resolution has (DL_CALL_RESOLUTION). */
void thread_call_of_resolution(struct dl_call *call, const struct process *process);

/* `text` itself, or cut to DL_TEXT_MAX bytes in buffer number `slot` (0 to 2) of the
 * block. */
const char *thread_cut_text(const char *text, unsigned slot);

/* `text` as it may stand in an event: the same, and "" for NULL. */
static inline const char *thread_fit_text(const char *text, unsigned slot)
{
	return text && *text ? thread_cut_text(text, slot) : "";
}

/* Hooked calls made from within the tracer, in all threads: one more, and how many. */
void thread_count_reentrant(void);
uint64_t thread_reentrant_calls(void);
void thread_set_reentrant_calls(uint64_t count);

/* Makes blocks go with their threads; called by the constructor. */
void thread_prepare(void);

#endif
