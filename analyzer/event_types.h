/* SPDX-License-Identifier: MIT */
/*
 * The schema as C types: trace_events.def read with LTTng's macros redefined.
 *
 * Every event becomes a struct event_<name> with the fields as declared: integers
 * of the declared type, text as const char *, a sequence as a pointer and
 * <name>_count.  event_types.c makes the run-time tables from the same file, so a
 * new event or field needs no line here.
 */
#ifndef DLSCOPE_EVENT_TYPES_H
#define DLSCOPE_EVENT_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "trace_sink.h" /* enum trace_event */

#define LTTNG_UST_TP_ARGS(...)
#define LTTNG_UST_TP_FIELDS(...) __VA_ARGS__
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)

#define lttng_ust_field_integer(type, name, expression)		      type name;
#define lttng_ust_field_integer_hex(type, name, expression)	      type name;
#define lttng_ust_field_enum(provider, table, type, name, expression) type name;
#define lttng_ust_field_string(name, expression)		      const char *name;
#define lttng_ust_field_sequence(type, name, source, count_type, count) \
	const type *name; \
	uint32_t name##_count;
#define lttng_ust_field_sequence_hex  lttng_ust_field_sequence
#define lttng_ust_field_sequence_text lttng_ust_field_sequence

#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) \
	struct event_##name { \
		fields \
	};
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT
#undef LTTNG_UST_TRACEPOINT_ENUM
#undef lttng_ust_field_integer
#undef lttng_ust_field_integer_hex
#undef lttng_ust_field_enum
#undef lttng_ust_field_string
#undef lttng_ust_field_sequence
#undef lttng_ust_field_sequence_hex
#undef lttng_ust_field_sequence_text

/* One decoded event.  Text and sequences are borrowed and valid until the next
 * event is decoded. */
struct event {
	enum trace_event id;
	int64_t time_ns; /* since the epoch */
	const char *host;
	union {
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) struct event_##name name;
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT
#undef LTTNG_UST_TRACEPOINT_ENUM
	};
};

enum field_kind { FIELD_UNSIGNED, FIELD_SIGNED, FIELD_ENUM, FIELD_STRING, FIELD_SEQUENCE };

struct enum_value {
	const char *name; /* NULL ends a table */
	uint64_t value;
};

struct field_type {
	const char *name;
	enum field_kind kind;
	bool hex;			 /* an address or bit set: shown as 0x... */
	uint32_t offset;		 /* in struct event_<name> */
	uint32_t size;			 /* of the integer, or of a sequence's element */
	uint32_t count_offset;		 /* sequences: of <name>_count */
	const struct enum_value *values; /* enumerations */
};

struct event_type {
	const char *name; /* without the provider */
	const struct field_type *fields;
	size_t field_count;
};

/* enum_<name>[] per enumeration of the schema */
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields)
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values) \
	extern const struct enum_value enum_##name[];
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT
#undef LTTNG_UST_TRACEPOINT_ENUM

const struct event_type *event_type(enum trace_event id);

/* The event called `name`, EVENT_COUNT when this version does not know it. */
enum trace_event event_type_find(const char *name);

/* The name of a value, or NULL when the table does not have it. */
const char *enum_name(const struct enum_value *table, uint64_t value);

#endif
