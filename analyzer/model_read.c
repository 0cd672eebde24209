/* SPDX-License-Identifier: MIT */
/*
 * The way of the data in one place: reader -> decoder -> model.
 */
#include "model_read.h"

#include "cpython_failures.h"
#include "event_decode.h"
#include "recording_info.h"
#include "trace_dirs.h"
#include "trace_reader.h"
#include "user_rules.h"

struct way {
	struct event_decoder *decoder;
	struct model *model;
};

static struct error *handle_event(const struct raw_event *raw, void *data)
{
	struct way *way = data;
	struct event event;
	bool known;

	RETURN_IF_ERROR(event_decode(way->decoder, raw, &event, &known));
	if (known)
		model_add_event(way->model, &event);
	return NULL;
}

static void handle_lost(uint64_t count, void *data)
{
	model_add_lost(((struct way *)data)->model, count);
}

static struct error *read_events(const char *const *dirs, size_t count, struct model *model)
{
	static const struct trace_handler handler = { .event = handle_event, .lost = handle_lost };
	_cleanup_(
		cleanup_event_decoder_free) struct event_decoder *decoder = event_decoder_create();
	struct way way = { decoder, model };

	RETURN_IF_ERROR(trace_read(dirs, count, &handler, &way));
	return model->events ? NULL : trace_dirs_foreign(dirs[0]);
}

static struct error *read_recordings(const char *const *dirs, size_t count, struct model *model)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct recording_info recording;
		bool found;

		RETURN_IF_ERROR(recording_info_read(dirs[i], &recording, &found));
		if (found)
			model_add_recording(model, &recording);
		recording_info_clear(&recording);
	}
	return NULL;
}

struct error *model_read(const char *const *dirs, size_t count, uint64_t hang_after_ns,
			 struct model **result)
{
	_cleanup_(cleanup_model_free) struct model *model = model_create();
	size_t i;

	model->hang_after_ns = hang_after_ns;
	for (i = 0; i < count; i++)
		RETURN_IF_ERROR(user_rules_of_trace(dirs[i]));
	RETURN_IF_ERROR(read_events(dirs, count, model));
	RETURN_IF_ERROR(read_recordings(dirs, count, model));
	model_finish(model);
	cpython_look_into_files(model);
	*result = take_ptr(model);
	return NULL;
}
