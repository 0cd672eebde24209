/* SPDX-License-Identifier: MIT */
/*
 * Events by hand.
 */
#include "feed_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int64_t now;

struct event event_of(enum trace_event id)
{
	struct event event = { .id = id, .time_ns = now += 1000, .host = "host" };

	/* process, pid, tid, call, run stand first in every event */
	event.process_end.process = IMAGE;
	event.process_end.pid = PID;
	event.process_end.tid = MAIN;
	return event;
}

void begin_process(struct model *model)
{
	struct event event = event_of(EVENT_process_begin);

	event.process_begin.tool_version = event.process_begin.libc_version = "";
	event.process_begin.library_path = "";
	event.process_begin.exe = "/bin/program";
	event.process_begin.ppid = 1;
	model_add_event(model, &event);
}

void end_process(struct model *model)
{
	struct event event = event_of(EVENT_process_end);

	model_add_event(model, &event);
}

void map_object(struct model *model, uint64_t link_map, uint64_t start, const char *path,
		uint64_t call)
{
	struct event event = event_of(EVENT_object);

	event.object.call = call;
	event.object.link_map = link_map;
	event.object.base = event.object.map_start = start;
	event.object.map_end = start + 0x1000;
	event.object.path = path;
	event.object.soname = "";
	model_add_event(model, &event);
}

void unmap_object(struct model *model, uint64_t link_map)
{
	struct event event = event_of(EVENT_unload);

	event.unload.link_map = link_map;
	model_add_event(model, &event);
}

void begin_load(struct model *model, uint64_t call, uint64_t parent, const char *requested,
		uint64_t caller)
{
	struct event event = event_of(EVENT_load_begin);

	event.load_begin.call = call;
	event.load_begin.parent = parent;
	event.load_begin.requested = requested;
	event.load_begin.caller = caller;
	model_add_event(model, &event);
}

void end_load(struct model *model, uint64_t call, uint64_t handle, uint64_t duration_ns,
	      uint64_t tracer_ns)
{
	struct event event = event_of(EVENT_load_end);

	event.load_end.call = call;
	event.load_end.handle = handle;
	event.load_end.outcome = LOAD_LOADED;
	event.load_end.error = event.load_end.directory = "";
	event.load_end.duration_ns = duration_ns;
	event.load_end.tracer_ns = tracer_ns;
	model_add_event(model, &event);
}

void fail_load(struct model *model, uint64_t call, const char *error)
{
	struct event event = event_of(EVENT_load_end);

	event.load_end.call = call;
	event.load_end.outcome = LOAD_FAILED;
	event.load_end.error = error;
	event.load_end.directory = "";
	model_add_event(model, &event);
}

void resolve(struct model *model, uint64_t call, uint64_t parent, const char *name, uint64_t handle,
	     uint64_t thunk, uint64_t duration_ns)
{
	struct event event = event_of(EVENT_symbol);

	event.symbol.call = call;
	event.symbol.parent = parent;
	event.symbol.name = name;
	event.symbol.version = event.symbol.error = "";
	event.symbol.handle = handle;
	event.symbol.thunk = thunk;
	event.symbol.outcome = SYMBOL_FOUND;
	event.symbol.duration_ns = duration_ns;
	model_add_event(model, &event);
}

void begin_init(struct model *model, uint64_t call, uint64_t parent, const char *symbol,
		uint64_t symbol_call)
{
	struct event event = event_of(EVENT_init_begin);

	event.init_begin.call = call;
	event.init_begin.parent = parent;
	event.init_begin.symbol = symbol;
	event.init_begin.symbol_call = symbol_call;
	event.init_begin.convention = "cpython_init";
	event.init_begin.module_context = "";
	model_add_event(model, &event);
}

void end_init(struct model *model, uint64_t call, uint64_t result, uint64_t duration_ns,
	      uint64_t tracer_ns)
{
	struct event event = event_of(EVENT_init_end);

	event.init_end.call = call;
	event.init_end.result = result;
	event.init_end.outcome = INIT_RETURNED;
	event.init_end.duration_ns = duration_ns;
	event.init_end.tracer_ns = tracer_ns;
	model_add_event(model, &event);
}

/* One import: load, resolution, init. */
void import(struct model *model, uint64_t call, uint64_t parent, const char *symbol,
	    uint64_t handle)
{
	begin_load(model, call, parent, "/m.so", 0);
	end_load(model, call, handle, 100, 0);
	resolve(model, call + 1, parent, symbol, handle, 1, 10);
	begin_init(model, call + 2, parent, symbol, call + 1);
	end_init(model, call + 2, 1, 50, 0);
}

struct module *module_at(struct model *model, guint i)
{
	assert_true(i < model->modules->len);
	return model->modules->pdata[i];
}

struct load *load_at(struct model *model, guint i)
{
	assert_true(i < model->loads->len);
	return model->loads->pdata[i];
}

struct failure *failure_at(struct model *model, guint i)
{
	assert_true(i < model->failures->len);
	return model->failures->pdata[i];
}

int model_setup(void **state)
{
	now = 1000;
	*state = model_create();
	begin_process(*state);
	return 0;
}

int model_teardown(void **state)
{
	model_free(*state);
	return 0;
}

void begin_slot(struct model *model, uint64_t call, uint64_t parent, uint64_t init_call,
		enum slot_kind kind, const char *module)
{
	struct event event = event_of(EVENT_slot_begin);

	event.slot_begin.call = call;
	event.slot_begin.parent = parent;
	event.slot_begin.init_call = init_call;
	event.slot_begin.slot = kind;
	event.slot_begin.index = kind == SLOT_CREATE ? 0 : 1;
	event.slot_begin.module = module;
	model_add_event(model, &event);
}

void end_slot(struct model *model, uint64_t call, bool failed, uint64_t duration_ns)
{
	struct event event = event_of(EVENT_slot_end);

	event.slot_end.call = call;
	event.slot_end.outcome = INIT_RETURNED;
	event.slot_end.failed = failed;
	event.slot_end.duration_ns = duration_ns;
	model_add_event(model, &event);
}

void at_frames(struct model *model, uint64_t call, const char *frames, size_t size)
{
	struct event event = event_of(EVENT_interp_stack);

	event.interp_stack.call = call;
	event.interp_stack.runtime = "cpython";
	event.interp_stack.frames = (const uint8_t *)frames;
	event.interp_stack.frames_count = (uint32_t)size;
	model_add_event(model, &event);
}
