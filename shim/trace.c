/* SPDX-License-Identifier: MIT */
/* The sink, and the gates of the hooked functions: see trace.h, trace_sink.h. */
#include "trace.h"

#include <stddef.h>
#include <string.h>

#include "conventions.h"
#include "settings.h"

static const int never = 0;
static const int always = 1;

#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) &never,
const int *trace_state[EVENT_COUNT] = {
#include "trace_events.def"
};
#undef LTTNG_UST_TRACEPOINT_ENUM
#undef LTTNG_UST_TRACEPOINT_EVENT

/* Gates that are no events: see hooked_functions.def. */
enum { EVENT_nothing = EVENT_COUNT, EVENT_attached, EVENT_always };

/* What the entry points test: the states of the two events of their row. */
#define FIRST_STATE(event) ((int)EVENT_##event == EVENT_always ? &always : &never)
#define HOOK(function, event_a, event_b) \
	extern const int *dlscope_gate_a_##function, *dlscope_gate_b_##function; \
	const int *dlscope_gate_a_##function = FIRST_STATE(event_a); \
	const int *dlscope_gate_b_##function = FIRST_STATE(event_b);
#include "hooked_functions.def"
#undef HOOK

static const int *gate_state(const struct trace_sink *new_sink, int event)
{
	if (event == EVENT_attached || event == EVENT_always)
		return &always;
	return event == EVENT_nothing ? &never : new_sink->state[event];
}

static const struct {
	const int **gate;
	int event;
} gates[] = {
#define HOOK(function, event_a, event_b) \
	{ &dlscope_gate_a_##function, EVENT_##event_a }, \
		{ &dlscope_gate_b_##function, EVENT_##event_b },
#include "hooked_functions.def"
#undef HOOK
};

static const struct trace_sink *sink;

bool trace_attached(void)
{
	return __atomic_load_n(&sink, __ATOMIC_ACQUIRE) != NULL;
}

const void *trace_sink_address(void)
{
	return __atomic_load_n(&sink, __ATOMIC_ACQUIRE);
}

__attribute__((visibility("default"))) bool dlscope_attach(const struct trace_sink *new_sink)
{
	const struct trace_sink *none = NULL;
	if (strcmp(new_sink->version, DLSCOPE_SINK_VERSION) != 0)
		return false;
	settings_read();
	conventions_prepare();
	if (settings.disable)
		return false;
	if (!__atomic_compare_exchange_n(&sink, &none, new_sink, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return false;
	for (size_t event = 0; event < EVENT_COUNT; event++)
		__atomic_store_n(&trace_state[event], new_sink->state[event], __ATOMIC_RELEASE);
	for (size_t i = 0; i < sizeof gates / sizeof gates[0]; i++)
		__atomic_store_n(gates[i].gate, gate_state(new_sink, gates[i].event),
				 __ATOMIC_RELEASE);
	return true;
}

void trace_hook_nothing(void)
{
	for (size_t i = 0; i < sizeof gates / sizeof gates[0]; i++)
		__atomic_store_n(gates[i].gate, &never, __ATOMIC_RELEASE);
}

void trace_hook_loads(void)
{
	__atomic_store_n(&dlscope_gate_a_dlopen, &always, __ATOMIC_RELEASE);
	__atomic_store_n(&dlscope_gate_a_dlmopen, &always, __ATOMIC_RELEASE);
}

void trace_hook_dlsym(void)
{
	__atomic_store_n(&dlscope_gate_a_dlsym, &always, __ATOMIC_RELEASE);
}

void trace_unhook_dlsym(void)
{
	__atomic_store_n(&dlscope_gate_a_dlsym, &never, __ATOMIC_RELEASE);
}

void trace_emit(enum trace_event event, const struct dl_call *call)
{
	if (trace_on(event))
		sink->emit[event](call);
}

void trace_before_fork(void)
{
	sink->before_fork();
}

void trace_after_fork_in_parent(void)
{
	sink->after_fork_in_parent();
}

void trace_after_fork_in_child(void)
{
	sink->after_fork_in_child();
}
