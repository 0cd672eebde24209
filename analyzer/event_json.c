/* SPDX-License-Identifier: MIT */
/*
 * Events as JSON for `dlscope events`.
 */
#include "event_json.h"

#include <glib.h>
#include <string.h>

#include "nul_texts.h"
#include "json_text.h"

static uint64_t load_unsigned(const void *source, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, source, size); /* little-endian, as everything here */
	return value;
}

static int64_t load_signed(const void *source, size_t size)
{
	unsigned int shift = (unsigned int)(64 - 8 * size);

	return (int64_t)(load_unsigned(source, size) << shift) >> shift;
}

static void set_enum(json_t *object, const struct field_type *field, uint64_t value)
{
	const char *name = enum_name(field->values, value);

	if (name)
		json_object_set_new(object, field->name, json_string(name));
	else
		json_set_number(object, field->name, value);
}

static void set_words(json_t *object, const char *name, const char *data, size_t size)
{
	g_autoptr(GPtrArray) words = nul_texts_split(data, size);

	json_set_texts(object, name, (const char *const *)words->pdata, words->len);
}

/* Bytes are a build-id, or words where the schema does not call them hex. */
static void set_sequence(json_t *object, const struct field_type *field, const char *data,
			 size_t count)
{
	json_t *array;
	size_t i;

	if (field->size == 1 && field->hex) {
		json_set_hex(object, field->name, data, count);
		return;
	}
	if (field->size == 1) {
		set_words(object, field->name, data, count);
		return;
	}
	array = json_array();
	for (i = 0; i < count; i++)
		json_array_append_new(
			array, json_address(load_unsigned(data + i * field->size, field->size)));
	json_object_set_new(object, field->name, array);
}

static void set_field(json_t *object, const struct field_type *field, const char *fields)
{
	const char *value = fields + field->offset;

	switch (field->kind) {
	case FIELD_SIGNED:
		json_object_set_new(object, field->name,
				    json_integer(load_signed(value, field->size)));
		break;
	case FIELD_UNSIGNED:
		if (field->hex)
			json_set_address(object, field->name, load_unsigned(value, field->size));
		else
			json_set_number(object, field->name, load_unsigned(value, field->size));
		break;
	case FIELD_ENUM: set_enum(object, field, load_unsigned(value, field->size)); break;
	case FIELD_STRING: json_set_text(object, field->name, *(const char *const *)value); break;
	case FIELD_SEQUENCE:
		set_sequence(object, field, *(const char *const *)value,
			     *(const uint32_t *)(fields + field->count_offset));
		break;
	}
}

json_t *event_to_json(const struct event *event)
{
	const struct event_type *type = event_type(event->id);
	json_t *object = json_object();
	size_t i;

	json_object_set_new(object, "time_ns", json_integer(event->time_ns));
	json_set_text(object, "host", event->host);
	json_object_set_new(object, "event", json_string(type->name));
	for (i = 0; i < type->field_count; i++)
		set_field(object, &type->fields[i], (const char *)&event->process_begin);
	return object;
}
