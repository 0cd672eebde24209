/* SPDX-License-Identifier: MIT */
/*
 * Who asked, as JSON: lines of source, requesters, stacks.
 */
#include "report_json.h"

const char *json_or_null(const char *text)
{
	return text && *text ? text : NULL;
}

void json_set_place(json_t *json, const char *name, const struct place *place)
{
	json_t *member;

	if (!place) {
		json_object_set_new(json, name, json_null());
		return;
	}
	member = json_object();
	json_set_text(member, "file", json_or_null(place->file));
	json_set_id(member, "line", place->line);
	json_set_text(member, "function", json_or_null(place->function));
	json_object_set_new(json, name, member);
}

json_t *json_of_requester(const struct report *report, const struct frame *frame)
{
	struct code_place place;
	json_t *json;

	if (!frame || !frame->address)
		return json_null();
	place = frame_place(report, frame);
	json = json_object();
	json_set_text(json, "object", frame->object ? json_or_null(frame->object->path) : NULL);
	json_set_text(json, "function", place.function);
	json_set_text(json, "file", place.file);
	json_set_id(json, "line", place.line);
	return json;
}

static json_t *frame_to_json(const char *kind, const char *function, const char *file,
			     uint32_t line)
{
	json_t *json = json_object();

	json_set_text(json, "kind", kind);
	json_set_text(json, "function", function);
	json_set_text(json, "file", file);
	json_set_id(json, "line", line);
	json_set_text(json, "object", NULL);
	json_set_text(json, "offset", NULL);
	json_set_text(json, "build_id", NULL);
	return json;
}

static json_t *native_to_json(const struct frame *frame, const struct code_place *place)
{
	json_t *json = frame_to_json("native", place->function, place->file, place->line);
	const struct object *object = frame->object;

	if (place->inlined)
		json_object_set_new(json, "inlined", json_true());
	if (!object)
		return json;
	json_set_text(json, "object", json_or_null(object->path));
	json_set_number(json, "offset", frame->address - object->base);
	json_set_text(json, "build_id", json_or_null(object->build_id));
	return json;
}

static void append_native(json_t *array, const struct report *report, const struct frame *frame)
{
	static const struct code_place unknown;
	const struct code_places *places = frame_places(report, frame);
	uint32_t i;

	if (!places->count)
		json_array_append_new(array, native_to_json(frame, &unknown));
	for (i = 0; i < places->count; i++)
		json_array_append_new(array, native_to_json(frame, &places->at[i]));
}

static json_t *place_to_json(const char *language, const struct place *place)
{
	return frame_to_json(language, json_or_null(place->function), json_or_null(place->file),
			     place->line);
}

/* The native frames, then the interpreter's: how the two were interleaved is not
 * known. */
json_t *json_of_stack(const struct report *report, const struct load *load)
{
	const struct interp_stack *interp = load ? load->span.interp : NULL;
	json_t *array = json_array();
	uint32_t i;

	for (i = 0; load && i < load->stack_depth; i++)
		append_native(array, report, &load->stack[i]);
	for (i = 0; interp && i < interp->depth; i++)
		json_array_append_new(array, place_to_json(interp->language, &interp->places[i]));
	return array;
}
