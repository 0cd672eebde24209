/* SPDX-License-Identifier: MIT */
/*
 * Writing an event in one piece: a part of trace_provider.c, behind LTTng's headers.
 *
 * The probe that LTTng generates calls into liblttng-ust once for every field, 4 ns
 * each, which is near half of what an event costs.  Where LTTng lays fields out without
 * gaps (LTTNG_UST_RING_BUFFER_NATURAL_ALIGN is not defined: x86 and others, see
 * lttng/ust-arch.h), an event is a string of bytes that can be put together here, from
 * the same rows of trace_events.def, and copied by one call.
 *
 * Only the recording of an event is done so, by the structures that lttng/ust-events.h
 * calls the ABI between probe and LTTng (2.13 to 2.16).  What else there is goes to the
 * generated probe: events too long for the buffer here, LTTng's triggers, and probes that
 * are not ours.
 */
#ifndef DLSCOPE_TRACE_PACKED_H
#define DLSCOPE_TRACE_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dl_call.h"

enum {
	PACKED_MAX = 1024,
	PACKED_INTEGERS = 256, /* room that texts and sequences leave for the rest */
};

struct packed_event {
	size_t size;
	char bytes[PACKED_MAX];
};

static inline void pack_integer(struct packed_event *packed, const void *value, size_t size)
{
	memcpy(packed->bytes + packed->size, value, size);
	packed->size += size;
}

/* False when there is no room. */
static inline bool pack_bytes(struct packed_event *packed, const void *bytes, size_t size)
{
	if (size > PACKED_MAX - PACKED_INTEGERS ||
	    packed->size + size > PACKED_MAX - PACKED_INTEGERS)
		return false;
	if (size)
		memcpy(packed->bytes + packed->size, bytes, size);
	packed->size += size;
	return true;
}

/* Another thread may be changing the text: what counts is the copy. */
static inline bool pack_text(struct packed_event *packed, const char *text)
{
	char *copy = packed->bytes + packed->size;
	size_t size = *text ? strlen(text) : 0;
	if (!pack_bytes(packed, text, size))
		return false;
	copy[size] = '\0';
	packed->size = (size_t)(copy - packed->bytes) + (size ? strlen(copy) : 0) + 1;
	return true;
}

/* What the generated probe asks before it does anything else. */
static inline bool is_recording(const struct lttng_ust_event_common *event)
{
	const struct lttng_ust_event_recorder *recorder = event->child;
	const struct lttng_ust_channel_common *channel = recorder->chan->parent;
	return CMM_ACCESS_ONCE(channel->session->active) && CMM_ACCESS_ONCE(channel->enabled) &&
	       CMM_ACCESS_ONCE(event->enabled);
}

static inline void record_packed(struct lttng_ust_event_common *event,
				 const struct packed_event *packed,
				 struct lttng_ust_probe_ctx *probe)
{
	struct lttng_ust_event_recorder *recorder = event->child;
	const struct lttng_ust_channel_buffer_ops *ops = recorder->chan->ops;
	struct lttng_ust_ring_buffer_ctx context;
	lttng_ust_ring_buffer_ctx_init(&context, recorder, packed->size, 1, probe);
	if (ops->event_reserve(&context) < 0)
		return;
	ops->event_write(&context, packed->bytes, packed->size, 1);
	ops->event_commit(&context);
}

/* --- bool pack_NAME(packed, c): false when it does not fit -------------------------- */

#undef lttng_ust_field_integer
#undef lttng_ust_field_integer_hex
#undef lttng_ust_field_enum
#undef lttng_ust_field_string
#undef lttng_ust_field_sequence
#undef lttng_ust_field_sequence_hex
#undef LTTNG_UST_TP_ARGS
#undef LTTNG_UST_TP_FIELDS
#undef LTTNG_UST_TRACEPOINT_ENUM
#undef LTTNG_UST_TRACEPOINT_EVENT

#define lttng_ust_field_integer(type, name, value) \
	{ \
		type integer = (value); \
		pack_integer(packed, &integer, sizeof integer); \
	}
#define lttng_ust_field_integer_hex(type, name, value) lttng_ust_field_integer(type, name, value)
#define lttng_ust_field_enum(provider, enumeration, type, name, value) \
	lttng_ust_field_integer(type, name, value)
#define lttng_ust_field_string(name, value) \
	if (!pack_text(packed, value)) \
		return false;
#define lttng_ust_field_sequence(type, name, value, count_type, count) \
	{ \
		count_type elements = (count); \
		pack_integer(packed, &elements, sizeof elements); \
		if (!pack_bytes(packed, value, sizeof(type) * elements)) \
			return false; \
	}
#define lttng_ust_field_sequence_hex(type, name, value, count_type, count) \
	lttng_ust_field_sequence(type, name, value, count_type, count)
#define LTTNG_UST_TP_ARGS(...)
#define LTTNG_UST_TP_FIELDS(...) __VA_ARGS__
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	static inline bool pack_##name(struct packed_event *packed, const struct dl_call *c) \
	{ \
		packed->size = 0; \
		fields return true; \
	}
#include "trace_events.def"

/* Its integers fit into the room that is left for them. */
#undef lttng_ust_field_integer
#undef lttng_ust_field_string
#undef lttng_ust_field_sequence
#undef LTTNG_UST_TRACEPOINT_EVENT
#define lttng_ust_field_integer(type, name, value)		       +sizeof(type)
#define lttng_ust_field_string(name, value)			       +1
#define lttng_ust_field_sequence(type, name, value, count_type, count) +sizeof(count_type)
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	_Static_assert(0 fields <= PACKED_INTEGERS, #name);
#include "trace_events.def"

/* --- bool passes_NAME(event, c, probe): does the session's filter let it pass? ------ */

#undef LTTNG_UST_TRACEPOINT_EVENT
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	static inline bool passes_##name(struct lttng_ust_event_common *event, \
					 const struct dl_call *c, \
					 struct lttng_ust_probe_ctx *probe) \
	{ \
		char stack[sizeof lttng_ust__event_fields___##provider##___##name * 2]; \
		if (!CMM_ACCESS_ONCE(event->eval_filter)) \
			return true; \
		lttng_ust__event_prepare_interpreter_stack__##provider##___##name(stack, event, \
										  c); \
		return event->run_filter(event, stack, probe, NULL) == \
		       LTTNG_UST_EVENT_FILTER_ACCEPT; \
	}
#include "trace_events.def"

/* --- void record_NAME(event, packed, c) ---------------------------------------------- */

#undef LTTNG_UST_TRACEPOINT_EVENT
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	static inline void record_##name(struct lttng_ust_event_common *event, \
					 const struct packed_event *packed, \
					 const struct dl_call *c) \
	{ \
		struct lttng_ust_probe_ctx probe = { .struct_size = sizeof probe, \
						     .ip = __builtin_return_address(0) }; \
		if (is_recording(event) && passes_##name(event, c, &probe)) \
			record_packed(event, packed, &probe); \
	}
#include "trace_events.def"

/* --- void emit_NAME(c) ------------------------------------------------------------------ */

/* As lttng_ust_do_tracepoint() (lttng/tracepoint.h), which calls a function of
 * liblttng-ust-tracepoint's for the load. */
#undef LTTNG_UST_TRACEPOINT_EVENT
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	static void emit_##name(const struct dl_call *c) \
	{ \
		struct packed_event packed; \
		bool fits = pack_##name(&packed, c); \
		if (!LTTNG_UST_TP_RCU_LINK_TEST()) \
			return; \
		lttng_ust_tp_rcu_read_lock(); \
		const struct lttng_ust_tracepoint_probe *probe = __atomic_load_n( \
			&lttng_ust_tracepoint_##provider##___##name.probes, __ATOMIC_ACQUIRE); \
		for (; probe && probe->func; probe++) { \
			void (*generated)(void *, const struct dl_call *) = \
				lttng_ust__event_probe__##provider##___##name; \
			const struct lttng_ust_event_common *event = probe->data; \
			if (fits && probe->func == (void (*)(void))generated && \
			    event->type == LTTNG_UST_EVENT_TYPE_RECORDER) \
				record_##name(probe->data, &packed, c); \
			else \
				((void (*)(void *, const struct dl_call *))probe->func)( \
					probe->data, c); \
		} \
		lttng_ust_tp_rcu_read_unlock(); \
	}
#include "trace_events.def"

#endif
