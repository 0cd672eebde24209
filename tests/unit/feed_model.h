/* SPDX-License-Identifier: MIT */
/*
 * Events by hand for tests of the model: one process, a clock that ticks 1000 ns
 * an event.
 */
#ifndef FEED_MODEL_H
#define FEED_MODEL_H

#include "model.h"

enum { PID = 100, MAIN = 100, OTHER = 101 };
enum { IMAGE = 7000 };

struct event event_of(enum trace_event id);
void begin_process(struct model *model);
void end_process(struct model *model);
void map_object(struct model *model, uint64_t link_map, uint64_t start, const char *path,
		uint64_t call);
void unmap_object(struct model *model, uint64_t link_map);
void begin_load(struct model *model, uint64_t call, uint64_t parent, const char *requested,
		uint64_t caller);
void end_load(struct model *model, uint64_t call, uint64_t handle, uint64_t duration_ns,
	      uint64_t tracer_ns);
void fail_load(struct model *model, uint64_t call, const char *error);
void resolve(struct model *model, uint64_t call, uint64_t parent, const char *name, uint64_t handle,
	     uint64_t thunk, uint64_t duration_ns);
void begin_init(struct model *model, uint64_t call, uint64_t parent, const char *symbol,
		uint64_t symbol_call);
void end_init(struct model *model, uint64_t call, uint64_t result, uint64_t duration_ns,
	      uint64_t tracer_ns);
void import(struct model *model, uint64_t call, uint64_t parent, const char *symbol,
	    uint64_t handle);
struct module *module_at(struct model *model, guint i);
struct load *load_at(struct model *model, guint i);
struct failure *failure_at(struct model *model, guint i);
int model_setup(void **state);
int model_teardown(void **state);

/* The slot of a definition that init `init_call` returned. */
void begin_slot(struct model *model, uint64_t call, uint64_t parent, uint64_t init_call,
		enum slot_kind kind, const char *module);
void end_slot(struct model *model, uint64_t call, bool failed, uint64_t duration_ns);

/* frames: function, file, line, each ended by a NUL byte; `size` of it is sent. */
void at_frames(struct model *model, uint64_t call, const char *frames, size_t size);

#define TEST(name) cmocka_unit_test_setup_teardown(name, model_setup, model_teardown)

#endif
