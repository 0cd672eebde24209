/* SPDX-License-Identifier: MIT */
/*
 * libdlscope-lttng.so: the LTTng-UST provider "dlscope".
 *
 * trace_events.def goes between LTTng's two headers and becomes the tracepoint
 * probes; a second pass makes the functions that write an event, which is what the
 * shim calls through struct trace_sink.  This and event_registration.c are the files that
 * know LTTng.
 */
#include <signal.h>
#include <stdint.h>

#include <lttng/ust-events.h>
#include <lttng/ust-fork.h>

#include "dl_call.h"
#include "event_registration.h"
#include "trace_sink.h"

#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER dlscope
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "trace_provider.h"
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
/* The generated constructor leaves it to us when what is registered. */
#define lttng_ust_probe_register   event_registration_begin
#define lttng_ust_probe_unregister event_registration_end
/* LTTng's generated code is not ours to warn about. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wmissing-declarations"
#include "trace_provider.h"
#pragma GCC diagnostic pop

#undef LTTNG_UST_TRACEPOINT_ENUM
#undef LTTNG_UST_TRACEPOINT_EVENT
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)

/* The hook has tested the state already, so this does not do it again.  Before the event is
 * registered the other function stands in its place. */
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	static void emit_##name(const struct dl_call *call) \
	{ \
		lttng_ust_do_tracepoint(provider, name, call); \
	} \
	static void register_##name(const struct dl_call *call) \
	{ \
		event_registration_need(EVENT_##name); \
		lttng_ust_tracepoint(provider, name, call); \
	}
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT

/* Signal mask of the thread that forks: LTTng's mutex lets one at a time in here. */
static sigset_t forking_mask;

static void before_fork(void)
{
	sigset_t mask;
	event_registration_before_fork();
	lttng_ust_before_fork(&mask);
	forking_mask = mask;
}

static void after_fork_in_parent(void)
{
	sigset_t mask = forking_mask;
	lttng_ust_after_fork_parent(&mask);
}

static void after_fork_in_child(void)
{
	sigset_t mask = forking_mask;
	lttng_ust_after_fork_child(&mask);
}

static struct trace_sink sink = {
	.version = DLSCOPE_SINK_VERSION,
	.prepare = event_registration_need,
	.before_fork = before_fork,
	.after_fork_in_parent = after_fork_in_parent,
	.after_fork_in_child = after_fork_in_child,
};

static const struct {
	const int *state;
	void (*emit)(const struct dl_call *);
} registered[EVENT_COUNT] = {
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	[EVENT_##name] = { &lttng_ust_tracepoint_##provider##___##name.state, emit_##name },
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT
};

static void ready(enum trace_event event)
{
	__atomic_store_n(&sink.emit[event], registered[event].emit, __ATOMIC_RELEASE);
	__atomic_store_n(&sink.state[event], registered[event].state, __ATOMIC_RELEASE);
	dlscope_attach(&sink);
}

/* Runs after the constructors that LTTng's headers have made above. */
__attribute__((constructor)) static void attach(void)
{
	static const int expected = 1;
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	sink.state[EVENT_##name] = &expected; \
	sink.emit[EVENT_##name] = register_##name;
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT
	if (dlscope_attach(&sink))
		event_registration_start(ready);
}
