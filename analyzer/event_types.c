/* SPDX-License-Identifier: MIT */
/*
 * Run-time description of the schema, made from trace_events.def: one
 * event_type per event, one field_type per field, one table per enumeration.
 */
#include "event_types.h"

#include <string.h>

#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields)
#define LTTNG_UST_TP_ENUM_VALUES(...)		 __VA_ARGS__
#define lttng_ust_field_enum_value(text, number) { text, number },
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values) \
	const struct enum_value enum_##name[] = { values{ NULL, 0 } };
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_ENUM
#undef LTTNG_UST_TRACEPOINT_EVENT

/*
 * A field's row needs the struct it lives in, which the field macros are not
 * told: each event's rows stand in a function of its own where this_event names
 * that struct.
 */
#define IS_SIGNED(type) ((type)-1 < (type)1)
#define INTEGER_ROW(type, field, is_hex, table, if_unsigned) \
	{ .name = #field, \
	  .kind = IS_SIGNED(type) ? FIELD_SIGNED : (if_unsigned), \
	  .hex = is_hex, \
	  .offset = offsetof(this_event, field), \
	  .size = sizeof(type), \
	  .values = table },
#define SEQUENCE_ROW(type, field, is_hex) \
	{ .name = #field, \
	  .kind = FIELD_SEQUENCE, \
	  .hex = is_hex, \
	  .offset = offsetof(this_event, field), \
	  .size = sizeof(type), \
	  .count_offset = offsetof(this_event, field##_count) },

#define lttng_ust_field_integer(type, name, expression) \
	INTEGER_ROW(type, name, false, NULL, FIELD_UNSIGNED)
#define lttng_ust_field_integer_hex(type, name, expression) \
	INTEGER_ROW(type, name, true, NULL, FIELD_UNSIGNED)
#define lttng_ust_field_enum(provider, table, type, name, expression) \
	INTEGER_ROW(type, name, false, enum_##table, FIELD_ENUM)
#define lttng_ust_field_string(field, expression) \
	{ .name = #field, .kind = FIELD_STRING, .offset = offsetof(this_event, field) },
#define lttng_ust_field_sequence(type, name, source, count_type, count) \
	SEQUENCE_ROW(type, name, false)
#define lttng_ust_field_sequence_text(type, name, source, count_type, count) \
	SEQUENCE_ROW(type, name, false)
#define lttng_ust_field_sequence_hex(type, name, source, count_type, count) \
	SEQUENCE_ROW(type, name, true)

#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)
#define LTTNG_UST_TRACEPOINT_EVENT(provider, event_name, args, event_fields) \
	static const struct event_type *describe_##event_name(void) \
	{ \
		typedef struct event_##event_name this_event; \
		static const struct field_type rows[] = { event_fields }; \
		static const struct event_type type = { \
			.name = #event_name, \
			.fields = rows, \
			.field_count = sizeof(rows) / sizeof(rows[0]), \
		}; \
		return &type; \
	}
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT

static const struct event_type *(*const describe[EVENT_COUNT])(void) = {
#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields) [EVENT_##name] = describe_##name,
#include "trace_events.def"
};

const struct event_type *event_type(enum trace_event id)
{
	return describe[id]();
}

enum trace_event event_type_find(const char *name)
{
	enum trace_event id;

	for (id = 0; id < EVENT_COUNT; id++)
		if (!strcmp(event_type(id)->name, name))
			break;
	return id;
}

const char *enum_name(const struct enum_value *table, uint64_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}
