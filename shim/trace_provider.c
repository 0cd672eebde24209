/* SPDX-License-Identifier: MIT */
/*
 * libdlscope-lttng.so: the LTTng-UST provider "dlscope".
 *
 * trace_events.def goes between LTTng's two headers and becomes the tracepoint
 * probes; a second pass makes one emit function per event, which is what the
 * shim calls through struct trace_sink.  This is the only file that knows LTTng, with
 * trace_packed.h, a part of it.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>

#include <lttng/ust-fork.h>

#include "dl_call.h"
#include "trace_sink.h"

/* LTTng's header opens liblttng-ust-tracepoint.so.1 with it, which is there already; for
 * ld.so that would be an addition to the global scope (global_scope.c). */
#undef RTLD_GLOBAL
#define RTLD_GLOBAL RTLD_LOCAL

#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER dlscope
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "trace_provider.h"
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
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

#ifdef LTTNG_UST_RING_BUFFER_NATURAL_ALIGN
/* The hook has tested the state already, so this does not do it again. */
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	static void emit_##name(const struct dl_call *call) \
	{ \
		lttng_ust_do_tracepoint(provider, name, call); \
	}
#include "trace_events.def"
#else
#include "trace_packed.h"
#endif
#undef LTTNG_UST_TRACEPOINT_EVENT

/* Signal mask of the thread that forks: LTTng's mutex lets one at a time in here. */
static sigset_t forking_mask;

static void before_fork(void)
{
	sigset_t mask;
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
	.before_fork = before_fork,
	.after_fork_in_parent = after_fork_in_parent,
	.after_fork_in_child = after_fork_in_child,
};

__attribute__((constructor)) static void attach(void)
{
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	sink.state[EVENT_##name] = &lttng_ust_tracepoint_##provider##___##name.state; \
	sink.emit[EVENT_##name] = emit_##name;
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT
	dlscope_attach(&sink);
}
