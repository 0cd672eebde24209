/* SPDX-License-Identifier: MIT */
/*
 * Decoding by plan: the first event of a class is compared with the schema once
 * and gives a plan (member index -> field_type); the rest follow the plan.
 *
 * LTTng writes text as bytes without looking at them, so a string may be of any
 * encoding; it is passed on as it is.
 */
#include "event_decode.h"

#include <glib.h>
#include <string.h>

#include "schema_version.h"

struct plan_step {
	uint64_t member; /* index in the payload structure */
	const struct field_type *field;
};

struct plan {
	enum trace_event id; /* EVENT_COUNT: not known, passed over */
	const bt_event_class *type;
	struct plan_step *steps;
	size_t step_count;
};

struct event_decoder {
	GHashTable *plans; /* bt_event_class -> struct plan */
	GByteArray *arena; /* sequences of the current event */
};

static void plan_free(void *data)
{
	struct plan *plan = data;

	bt_event_class_put_ref(plan->type);
	g_free(plan->steps);
	g_free(plan);
}

struct event_decoder *event_decoder_create(void)
{
	struct event_decoder *decoder = g_new0(struct event_decoder, 1);

	decoder->plans = g_hash_table_new_full(NULL, NULL, NULL, plan_free);
	decoder->arena = g_byte_array_new();
	return decoder;
}

void event_decoder_free(struct event_decoder *decoder)
{
	g_hash_table_destroy(decoder->plans);
	g_byte_array_free(decoder->arena, TRUE);
	g_free(decoder);
}

/* --- plans ------------------------------------------------------------------- */

static bool is_integer(const bt_field_class *class)
{
	return bt_field_class_type_is(bt_field_class_get_type(class), BT_FIELD_CLASS_TYPE_INTEGER);
}

static bool is_signed(const bt_field_class *class)
{
	return bt_field_class_type_is(bt_field_class_get_type(class),
				      BT_FIELD_CLASS_TYPE_SIGNED_INTEGER);
}

static bool class_matches(const bt_field_class *class, const struct field_type *field)
{
	bt_field_class_type type = bt_field_class_get_type(class);

	switch (field->kind) {
	case FIELD_STRING: return type == BT_FIELD_CLASS_TYPE_STRING;
	case FIELD_SEQUENCE:
		/* babeltrace2 makes a string of a sequence of characters */
		return (type == BT_FIELD_CLASS_TYPE_STRING && field->size == 1) ||
		       (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_ARRAY) &&
			is_integer(bt_field_class_array_borrow_element_field_class_const(class)));
	case FIELD_SIGNED: return is_integer(class) && is_signed(class);
	case FIELD_UNSIGNED:
	case FIELD_ENUM: return is_integer(class) && !is_signed(class);
	}
	return false;
}

static const struct field_type *find_field(const struct event_type *type, const char *name)
{
	size_t i;

	for (i = 0; i < type->field_count; i++)
		if (!strcmp(type->fields[i].name, name))
			return &type->fields[i];
	return NULL;
}

static struct error *plan_fields(struct plan *plan, const bt_field_class *payload)
{
	const struct event_type *type = event_type(plan->id);
	uint64_t i, count = bt_field_class_structure_get_member_count(payload);

	plan->steps = g_new(struct plan_step, count);
	for (i = 0; i < count; i++) {
		const bt_field_class_structure_member *member =
			bt_field_class_structure_borrow_member_by_index_const(payload, i);
		const char *name = bt_field_class_structure_member_get_name(member);
		const struct field_type *field = find_field(type, name);

		if (!field)
			continue;
		if (!class_matches(bt_field_class_structure_member_borrow_field_class_const(member),
				   field))
			return error_create(
				"field %s of event %s is not of the type that dlscope writes: "
				"the trace comes from something else",
				name, type->name);
		plan->steps[plan->step_count++] = (struct plan_step){ .member = i, .field = field };
	}
	return NULL;
}

static bool plan_has(const struct plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->step_count; i++)
		if (!strcmp(plan->steps[i].field->name, name))
			return true;
	return false;
}

static struct error *check_identity(const struct plan *plan)
{
	static const char *const needed[] = { "process", "pid", "tid", "call" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(needed); i++)
		if (!plan_has(plan, needed[i]))
			return error_create(
				"event %s lacks the field %s: the trace comes from something else",
				event_type(plan->id)->name, needed[i]);
	return NULL;
}

static struct error *plan_create(struct event_decoder *decoder, const struct raw_event *raw,
				 struct plan **result)
{
	struct plan *plan = g_new0(struct plan, 1);

	plan->id = event_type_find(raw->name);
	plan->type = raw->type;
	bt_event_class_get_ref(plan->type);
	g_hash_table_insert(decoder->plans, (void *)raw->type, plan);
	*result = plan;
	if (plan->id == EVENT_COUNT)
		return NULL;
	RETURN_IF_ERROR(
		plan_fields(plan, bt_event_class_borrow_payload_field_class_const(raw->type)));
	return check_identity(plan);
}

/* --- values ------------------------------------------------------------------ */

static uint64_t integer_bits(const bt_field *value)
{
	return is_signed(bt_field_borrow_class_const(value))
		       ? (uint64_t)bt_field_integer_signed_get_value(value)
		       : bt_field_integer_unsigned_get_value(value);
}

/* Stores the low `size` bytes; false when the value needs more. */
static bool store_integer(void *target, size_t size, bool is_negative_allowed, uint64_t bits)
{
	switch (size) {
	case 1:
		*(uint8_t *)target = (uint8_t)bits;
		return is_negative_allowed ? (int64_t)bits == (int8_t)bits : bits == (uint8_t)bits;
	case 2:
		*(uint16_t *)target = (uint16_t)bits;
		return is_negative_allowed ? (int64_t)bits == (int16_t)bits
					   : bits == (uint16_t)bits;
	case 4:
		*(uint32_t *)target = (uint32_t)bits;
		return is_negative_allowed ? (int64_t)bits == (int32_t)bits
					   : bits == (uint32_t)bits;
	default: *(uint64_t *)target = bits; return true;
	}
}

/* Room for `size` bytes at an offset that suits every integer.  The arena may
 * move while it grows, so an event remembers offsets until it is complete. */
static size_t arena_allocate(struct event_decoder *decoder, size_t size)
{
	size_t offset = (decoder->arena->len + 7u) & ~(size_t)7;

	g_byte_array_set_size(decoder->arena, (guint)(offset + size));
	return offset;
}

/* Leaves the arena offset + 1 where the pointer goes: settle_sequences(). */
static void decode_sequence(struct event_decoder *decoder, const struct field_type *field,
			    const bt_field *value, char *event)
{
	bool text = bt_field_get_class_type(value) == BT_FIELD_CLASS_TYPE_STRING;
	uint64_t i,
		count = text ? bt_field_string_get_length(value) : bt_field_array_get_length(value);
	size_t offset = arena_allocate(decoder, count * field->size);
	uintptr_t mark = offset + 1;

	if (text)
		memcpy(decoder->arena->data + offset, bt_field_string_get_value(value), count);
	for (i = 0; !text && i < count; i++)
		store_integer(
			decoder->arena->data + offset + i * field->size, field->size, false,
			integer_bits(bt_field_array_borrow_element_field_by_index_const(value, i)));
	memcpy(event + field->offset, &mark, sizeof(mark));
	*(uint32_t *)(event + field->count_offset) = (uint32_t)count;
}

static void settle_sequences(struct event_decoder *decoder, const struct event_type *type,
			     char *event)
{
	size_t i;

	for (i = 0; i < type->field_count; i++) {
		uintptr_t mark;
		void *data;

		if (type->fields[i].kind != FIELD_SEQUENCE)
			continue;
		memcpy(&mark, event + type->fields[i].offset, sizeof(mark));
		data = mark ? decoder->arena->data + mark - 1 : NULL;
		memcpy(event + type->fields[i].offset, &data, sizeof(data));
	}
}

static struct error *decode_field(struct event_decoder *decoder, const struct plan *plan,
				  const struct field_type *field, const bt_field *value,
				  char *event)
{
	switch (field->kind) {
	case FIELD_STRING:
		/* babeltrace2 2.0.4 sets the length of an empty string, but leaves the
		 * text of the event before it (bt_field_string_clear). */
		*(const char **)(event + field->offset) = bt_field_string_get_length(value)
								  ? bt_field_string_get_value(value)
								  : "";
		return NULL;
	case FIELD_SEQUENCE: decode_sequence(decoder, field, value, event); return NULL;
	default:
		if (!store_integer(event + field->offset, field->size, field->kind == FIELD_SIGNED,
				   integer_bits(value)))
			return error_create(
				"field %s of event %s is out of its range: the trace is damaged",
				field->name, event_type(plan->id)->name);
		return NULL;
	}
}

static void set_defaults(const struct event_type *type, struct event *event, char *fields)
{
	size_t i;

	memset(event, 0, sizeof(*event));
	for (i = 0; i < type->field_count; i++)
		if (type->fields[i].kind == FIELD_STRING)
			*(const char **)(fields + type->fields[i].offset) = "";
}

static struct error *check_schema(const struct event *event)
{
	if (event->id != EVENT_process_begin ||
	    event->process_begin.schema_version <= DLSCOPE_SCHEMA_VERSION)
		return NULL;
	return error_create(
		"it was written by a newer dlscope (schema %u, this one reads up to %u): update dlscope",
		event->process_begin.schema_version, DLSCOPE_SCHEMA_VERSION);
}

static struct error *run_plan(struct event_decoder *decoder, const struct plan *plan,
			      const struct raw_event *raw, struct event *event)
{
	const struct event_type *type = event_type(plan->id);
	char *fields = (char *)&event->process_begin; /* every member of the union starts here */
	size_t i;

	set_defaults(type, event, fields);
	event->id = plan->id;
	event->time_ns = raw->time_ns;
	event->host = raw->host;
	g_byte_array_set_size(decoder->arena, 0);
	for (i = 0; i < plan->step_count; i++) {
		const struct plan_step *step = &plan->steps[i];

		RETURN_IF_ERROR(decode_field(decoder, plan, step->field,
					     bt_field_structure_borrow_member_field_by_index_const(
						     raw->payload, step->member),
					     fields));
	}
	settle_sequences(decoder, type, fields);
	return check_schema(event);
}

struct error *event_decode(struct event_decoder *decoder, const struct raw_event *raw,
			   struct event *event, bool *known)
{
	struct plan *plan = g_hash_table_lookup(decoder->plans, raw->type);

	if (!plan)
		RETURN_IF_ERROR(plan_create(decoder, raw, &plan));
	*known = plan->id != EVENT_COUNT;
	return *known ? run_plan(decoder, plan, raw, event) : NULL;
}
