/* SPDX-License-Identifier: MIT */
/*
 * Who asked, as JSON: lines of source, requesters, stacks.
 */
#include "report_json.h"

#include "report_stack.h"

const char *json_or_null(const char *text)
{
	return text && *text ? text : NULL;
}

void json_set_place(json_t *json, const char *name, const struct place *place)
{
	json_t *member;

	if (!place || (!*place->file && !*place->function)) {
		json_object_set_new(json, name, json_null());
		return;
	}
	member = json_object();
	json_set_text(member, "file", json_or_null(place->file));
	json_set_id(member, "line", place->line);
	json_set_text(member, "function", json_or_null(place->function));
	json_object_set_new(json, name, member);
}

static json_t *requester_to_json(const struct stack_frame *frame, const struct object *object)
{
	json_t *json = json_object();

	json_set_text(json, "object", object ? json_or_null(object->path) : NULL);
	json_set_text(json, "function", frame->function);
	json_set_text(json, "file", frame->file);
	json_set_id(json, "line", frame->line);
	return json;
}

json_t *json_of_requester(const struct report *report, const struct load *load)
{
	struct stack_frame frame = report_requester(report, load);

	if (!frame.kind)
		return json_null();
	/* code of an interpreter runs in the interpreter's object */
	return requester_to_json(&frame, frame.native ? frame.native->object
						      : load->span.process->runtime_object);
}

json_t *json_of_caller(const struct report *report, const struct frame *caller)
{
	struct code_place place;
	struct stack_frame frame;

	if (!caller || !caller->address)
		return json_null();
	place = frame_place(report, caller);
	frame = (struct stack_frame){ .function = place.function,
				      .file = place.file,
				      .line = place.line };
	return requester_to_json(&frame, caller->object);
}

static void set_native(json_t *json, const struct frame *frame)
{
	const struct object *object = frame->object;

	json_set_text(json, "object", object ? json_or_null(object->path) : NULL);
	if (object)
		json_set_number(json, "offset", frame->address - object->base);
	else
		json_object_set_new(json, "offset", json_null());
	json_set_text(json, "build_id", object ? json_or_null(object->build_id) : NULL);
}

static json_t *frame_to_json(const struct stack_frame *frame)
{
	static const struct frame nowhere;
	json_t *json = json_object();

	json_set_text(json, "kind", frame->kind);
	json_set_text(json, "function", frame->function);
	json_set_text(json, "file", frame->file);
	json_set_id(json, "line", frame->line);
	set_native(json, frame->native ? frame->native : &nowhere);
	if (frame->inlined)
		json_object_set_new(json, "inlined", json_true());
	return json;
}

json_t *json_of_stack(const struct report *report, const struct load *load, bool *cut)
{
	json_t *array = json_array();
	GArray *frames;
	guint i;

	*cut = false;
	if (!load)
		return array;
	frames = report_stack(report, load, cut);
	for (i = 0; i < frames->len; i++)
		json_array_append_new(array,
				      frame_to_json(&g_array_index(frames, struct stack_frame, i)));
	g_array_free(frames, TRUE);
	return array;
}

static void append_frame(json_t *array, const struct report *report, const struct frame *frame)
{
	struct code_place place = frame_place(report, frame);
	struct stack_frame native = { .kind = "native",
				      .function = place.function,
				      .file = place.file,
				      .line = place.line,
				      .native = frame };

	if (frame->address)
		json_array_append_new(array, frame_to_json(&native));
}

json_t *json_of_crash(const struct report *report, const struct crash *crash)
{
	json_t *array = json_array();
	uint32_t i;

	append_frame(array, report, &crash->caller);
	for (i = 0; i < crash->depth; i++)
		append_frame(array, report, &crash->stack[i]);
	return array;
}
