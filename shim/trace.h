/* SPDX-License-Identifier: MIT */
/* Writing events to the attached sink, if any. */
#ifndef DLSCOPE_TRACE_H
#define DLSCOPE_TRACE_H

#include <stdbool.h>

#include "dl_call.h"
#include "trace_sink.h"

/* For each event the int that a session's recording makes non-zero; never NULL. */
extern const int *trace_state[EVENT_COUNT];

/* Does a session record this event right now?  ~1 ns. */
static inline bool trace_on(enum trace_event event)
{
	return __builtin_expect(
		__atomic_load_n(__atomic_load_n(&trace_state[event], __ATOMIC_RELAXED),
				__ATOMIC_RELAXED) != 0,
		0);
}

/* Writes the event if a session records it.  Signal safe, never waits. */
void trace_emit(enum trace_event event, const struct dl_call *call);

/* A sink is attached. */
bool trace_attached(void);

/* An address in the sink's object; NULL where none is attached. */
const void *trace_sink_address(void);

/* All hooked functions jump on, dladdr too: DLSCOPE_DISABLE. */
void trace_hook_nothing(void);

/* dlopen() and dlmopen() come to their hooks from now on, recorded or not. */
void trace_hook_loads(void);

/* dlsym() comes to its hook before a sink is attached; which ends that as well. */
void trace_hook_dlsym(void);
void trace_unhook_dlsym(void);

/* The sink's part of a fork, see trace_sink.h; with a sink attached only. */
void trace_before_fork(void);
void trace_after_fork_in_parent(void);
void trace_after_fork_in_child(void);

#endif
