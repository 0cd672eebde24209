/* SPDX-License-Identifier: MIT */
/*
 * Between the shim and whatever writes its events.
 *
 * libdlscope.so itself does not link LTTng: a program that nobody traces must
 * not get LTTng's threads, its fork() at start and its descriptors (lttng-ust
 * 2.13.5 costs 3 ms an exec, makes the process multi-threaded and aborts at
 * exit when a program closes all descriptors).  The LTTng side is a second
 * object, libdlscope-lttng.so, that calls dlscope_attach() with this table from
 * its constructor.  `dlscope record` preloads it next to the shim; elsewhere the
 * shim opens it when a session daemon's socket is there (provider_loader.c).
 */
#ifndef DLSCOPE_TRACE_SINK_H
#define DLSCOPE_TRACE_SINK_H

#include <stdbool.h>

#include "dl_call.h"

/* Both sides come from one build; this tells a mixed installation. */
#define DLSCOPE_SINK_VERSION DLSCOPE_VERSION

/* enum trace_event: EVENT_process_begin, ... one per row of trace_events.def */
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) EVENT_##name,
enum trace_event {
#include "trace_events.def"
	EVENT_COUNT
};
#undef LTTNG_UST_TRACEPOINT_ENUM
#undef LTTNG_UST_TRACEPOINT_EVENT

struct trace_sink {
	const char *version; /* DLSCOPE_SINK_VERSION of the sink's build */
	/* state[event]: not 0 while a session records that event; changed by
	 * LTTng's listener thread at any time, read without a lock. */
	const int *state[EVENT_COUNT];
	/* emit[event]: writes the event.  Signal safe, lock free, never waits
	 * (unless the session was made with a blocking timeout). */
	void (*emit[EVENT_COUNT])(const struct dl_call *call);
	/* Around a fork: the first waits for the sink's own threads and blocks all
	 * signals; the child waits until it is registered as itself. */
	void (*before_fork)(void);
	void (*after_fork_in_parent)(void);
	void (*after_fork_in_child)(void);
};

/* Called by the sink's constructor; `sink` must live for ever.  Returns false
 * (and attaches nothing) when the versions differ or one is attached already. */
bool dlscope_attach(const struct trace_sink *sink);

#endif
