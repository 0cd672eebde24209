/* SPDX-License-Identifier: MIT */
/*
 * JSON members from what the model holds.
 */
#include "json_text.h"

#include <glib.h>
#include <string.h>

#include "text.h"

void json_text_setup(void)
{
	json_set_alloc_funcs(g_malloc, g_free);
}

static json_t *escaped(const char *text)
{
	g_autofree char *copy = text_escape(text, false);

	return json_string(copy);
}

static json_t *base64(const char *text)
{
	g_autofree char *code = g_base64_encode((const guchar *)text, strlen(text));

	return json_string(code);
}

/* object[name_bytes], which takes `value`. */
static void set_bytes(json_t *object, const char *name, json_t *value)
{
	g_autofree char *key = g_strconcat(name, "_bytes", NULL);

	json_object_set_new(object, key, value);
}

void json_set_text(json_t *object, const char *name, const char *text)
{
	if (!text) {
		json_object_set_new(object, name, json_null());
		return;
	}
	json_object_set_new(object, name, escaped(text));
	if (!g_utf8_validate(text, -1, NULL))
		set_bytes(object, name, base64(text));
}

void json_set_texts(json_t *object, const char *name, const char *const *texts, size_t count)
{
	json_t *array = json_array(), *bytes = json_array();
	gboolean valid = TRUE;
	size_t i;

	for (i = 0; i < count; i++) {
		valid = valid && g_utf8_validate(texts[i], -1, NULL);
		json_array_append_new(array, escaped(texts[i]));
		json_array_append_new(bytes, base64(texts[i]));
	}
	json_object_set_new(object, name, array);
	if (valid)
		json_decref(bytes);
	else
		set_bytes(object, name, bytes);
}

json_t *json_address(uint64_t address)
{
	return json_sprintf("0x%llx", (unsigned long long)address);
}

void json_set_address(json_t *object, const char *name, uint64_t address)
{
	json_object_set_new(object, name, json_address(address));
}

void json_set_number(json_t *object, const char *name, uint64_t value)
{
	/* jansson's integers are signed; what is larger is said to be the most */
	json_object_set_new(object, name,
			    json_integer((json_int_t)MIN(value, (uint64_t)INT64_MAX)));
}

void json_set_id(json_t *object, const char *name, uint64_t id)
{
	json_object_set_new(object, name, id ? json_integer((json_int_t)id) : json_null());
}

void json_set_hex(json_t *object, const char *name, const void *bytes, size_t count)
{
	GString *text = g_string_sized_new(2 * count);
	size_t i;

	for (i = 0; i < count; i++)
		g_string_append_printf(text, "%02x", ((const unsigned char *)bytes)[i]);
	json_object_set_new(object, name, json_string(text->str));
	g_string_free(text, TRUE);
}
