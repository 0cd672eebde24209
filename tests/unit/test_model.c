/* SPDX-License-Identifier: MIT */
/*
 * The model fed by hand: numbers that can be checked with pencil and paper.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed_model.h"
#include "model_read.h"
#include "recording_info.h"

/* --- times ----------------------------------------------------------------------- */

static void test_nested_spans_are_counted_once(void **state)
{
	struct model *model = *state;
	struct module *outer, *inner;

	begin_load(model, 1, 0, "/outer.so", 0);
	begin_load(model, 2, 1, "libdep.so", 0);
	end_load(model, 2, 0x20, 300, 0);
	end_load(model, 1, 0x10, 1000, 40);
	resolve(model, 3, 0, "PyInit_outer", 0x10, 1, 10);
	begin_init(model, 4, 0, "PyInit_outer", 3);
	import(model, 5, 4, "PyInit_inner", 0x30);
	end_init(model, 4, 1, 2000, 80);
	end_process(model);
	model_finish(model);

	assert_int_equal(model->modules->len, 2);
	outer = module_at(model, 0);
	inner = module_at(model, 1);
	assert_string_equal(outer->name, "outer");
	assert_int_equal(outer->open_ns, 960);
	assert_int_equal(outer->resolve_ns, 10);
	assert_int_equal(outer->init_ns, 1920);
	assert_int_equal(outer->total_ns, 960 + 10 + 1920);
	assert_int_equal(outer->self_ns, (960 - 300) + 10 + (1920 - 100 - 10 - 50));
	assert_null(outer->parent);
	assert_int_equal(inner->total_ns, 160);
	assert_int_equal(inner->self_ns, 160);
	assert_ptr_equal(inner->parent, outer);
	assert_int_equal(inner->process->native_load_ns, outer->self_ns + 160 + 300);
}

static void test_self_time_is_never_negative(void **state)
{
	struct model *model = *state;

	begin_load(model, 1, 0, "/a.so", 0);
	begin_load(model, 2, 1, "/b.so", 0);
	end_load(model, 2, 0x20, 500, 900);
	end_load(model, 1, 0x10, 400, 0);
	begin_load(model, 3, 0, "/c.so", 0);
	begin_load(model, 4, 3, "/d.so", 0);
	end_load(model, 4, 0x30, 700, 0);
	end_load(model, 3, 0x40, 600, 0);
	model_finish(model);
	assert_int_equal(load_at(model, 1)->span.total_ns, 0);
	assert_int_equal(load_at(model, 0)->span.self_ns, 400);
	assert_int_equal(load_at(model, 2)->span.self_ns, 0);
}

static void test_one_load_counts_for_one_module(void **state)
{
	struct model *model = *state;

	import(model, 1, 0, "PyInit_first", 0x10);
	resolve(model, 10, 0, "PyInit_second", 0x10, 2, 7);
	begin_init(model, 11, 0, "PyInit_second", 10);
	end_init(model, 11, 1, 5, 0);
	begin_init(model, 12, 0, "PyInit_second", 10); /* called again */
	end_init(model, 12, 1, 4, 0);
	model_finish(model);
	assert_int_equal(model->modules->len, 3);
	assert_int_equal(module_at(model, 0)->total_ns, 160);
	assert_int_equal(module_at(model, 1)->total_ns, 12);
	assert_int_equal(module_at(model, 2)->total_ns, 4);
}

static void test_every_import_is_a_module(void **state)
{
	struct model *model = *state;

	import(model, 1, 0, "PyInit_again", 0x10);
	import(model, 11, 0, "PyInit_again", 0x10);
	model_finish(model);
	assert_int_equal(model->modules->len, 2);
	assert_int_equal(module_at(model, 0)->total_ns, 160);
	assert_int_equal(module_at(model, 1)->total_ns, 160);
}

static void test_a_thread_prefers_its_own_load(void **state)
{
	struct model *model = *state;
	struct event event;

	begin_load(model, 1, 0, "/mine.so", 0);
	end_load(model, 1, 0x10, 111, 0);
	event = event_of(EVENT_load_begin);
	event.load_begin.call = 2;
	event.load_begin.tid = OTHER;
	event.load_begin.requested = "/theirs.so";
	model_add_event(model, &event);
	end_load(model, 2, 0x10, 222, 0);
	resolve(model, 3, 0, "PyInit_mine", 0x10, 1, 0);
	begin_init(model, 4, 0, "PyInit_mine", 3);
	end_init(model, 4, 1, 0, 0);
	model_finish(model);
	assert_int_equal(module_at(model, 0)->open_ns, 111);
}

/* --- objects --------------------------------------------------------------------- */

static void test_an_address_means_what_is_mapped_then(void **state)
{
	struct model *model = *state;

	map_object(model, 0x10, 0x4000, "/first.so", 0);
	begin_load(model, 1, 0, "/x.so", 0x4100);
	end_load(model, 1, 0, 1, 0);
	unmap_object(model, 0x10);
	map_object(model, 0x20, 0x4000, "/second.so", 0);
	begin_load(model, 2, 0, "/x.so", 0x4100);
	end_load(model, 2, 0, 1, 0);
	unmap_object(model, 0x20);
	begin_load(model, 3, 0, "/x.so", 0x4100);
	end_load(model, 3, 0, 1, 0);
	model_finish(model);
	assert_string_equal(load_at(model, 0)->caller.object->path, "/first.so");
	assert_string_equal(load_at(model, 1)->caller.object->path, "/second.so");
	assert_null(load_at(model, 2)->caller.object);
}

static void test_a_return_address_may_be_the_end_of_its_object(void **state)
{
	struct model *model = *state;

	map_object(model, 0x10, 0x4000, "/first.so", 0);
	map_object(model, 0x20, 0x5000, "/second.so", 0);
	begin_load(model, 1, 0, "/x.so", 0x5000);
	model_finish(model);
	assert_string_equal(load_at(model, 0)->caller.object->path, "/first.so");
}

static void test_a_constructor_loads_before_its_object_is_told(void **state)
{
	struct model *model = *state;

	begin_load(model, 1, 0, "/plugin.so", 0);
	begin_load(model, 2, 1, "libinner.so", 0x4100);
	end_load(model, 2, 0x20, 1, 0);
	map_object(model, 0x10, 0x4000, "/plugin.so", 1);
	end_load(model, 1, 0x10, 5, 0);
	model_finish(model);
	assert_string_equal(load_at(model, 1)->caller.object->path, "/plugin.so");
	assert_string_equal(load_at(model, 0)->object->path, "/plugin.so");
	assert_int_equal(load_at(model, 0)->objects_added->len, 1);
	assert_ptr_equal(((struct object *)model->objects->pdata[0])->loaded_by, load_at(model, 0));
}

/* --- failures --------------------------------------------------------------------- */

static void test_success_with_the_same_stem_makes_a_probe(void **state)
{
	struct model *model = *state;
	static const char error[] = "x: cannot open shared object file: No such file or directory";

	map_object(model, 0x10, 0x4000, "/asker.so", 0);
	map_object(model, 0x20, 0x8000, "/stranger.so", 0);
	begin_load(model, 1, 0, "libfoo.so.1", 0x4100);
	fail_load(model, 1, error);
	begin_load(model, 2, 0, "libbar.so", 0x4100);
	fail_load(model, 2, error);
	begin_load(model, 3, 0, "/opt/foo.abi3.so", 0x4100);
	end_load(model, 3, 0x30, 1, 0);
	begin_load(model, 4, 0, "libbar.so", 0x8100); /* somebody else's */
	end_load(model, 4, 0x40, 1, 0);
	model_finish(model);
	assert_int_equal(failure_at(model, 0)->severity, SEVERITY_PROBE);
	assert_int_equal(failure_at(model, 1)->severity, SEVERITY_FAILURE);
}

static void test_null_from_an_init_is_a_failure(void **state)
{
	struct model *model = *state;

	begin_load(model, 1, 0, "/m.so", 0);
	end_load(model, 1, 0x10, 1, 0);
	resolve(model, 2, 0, "PyInit_m", 0x10, 1, 1);
	begin_init(model, 3, 0, "PyInit_m", 2);
	end_init(model, 3, 0, 1, 0);
	model_finish(model);
	assert_int_equal(module_at(model, 0)->outcome, MODULE_FAILED);
	assert_string_equal(failure_at(model, 0)->kind, "init-null");
	assert_ptr_equal(module_at(model, 0)->failure, failure_at(model, 0));
}

static void test_the_innermost_open_call_is_the_failure(void **state)
{
	struct model *model = *state;
	struct recording_info recording = { .pid = PID, .signal = 11, .complete = true };

	begin_load(model, 1, 0, "/outer.so", 0);
	end_load(model, 1, 0x10, 1, 0);
	resolve(model, 2, 0, "PyInit_outer", 0x10, 1, 1);
	begin_init(model, 3, 0, "PyInit_outer", 2);
	begin_load(model, 4, 3, "/crashes.so", 0);
	model_add_recording(model, &recording);
	model_finish(model);
	assert_int_equal(model->failures->len, 1);
	assert_string_equal(failure_at(model, 0)->kind, "crash-in-constructor");
	assert_int_equal(failure_at(model, 0)->severity, SEVERITY_FATAL);
	assert_int_equal(module_at(model, 0)->outcome, MODULE_IN_FLIGHT);
	assert_int_equal(load_at(model, 1)->outcome, LOAD_IN_FLIGHT);
}

/* --- traces with holes ------------------------------------------------------------- */

static void test_ends_without_begin_do_no_harm(void **state)
{
	struct model *model = *state;

	end_load(model, 1, 0x10, 5, 0);
	end_init(model, 2, 1, 5, 0);
	begin_init(model, 3, 99, "PyInit_lonely", 98);
	end_load(model, 3, 0x10, 5, 0); /* another kind of call */
	end_init(model, 3, 1, 5, 0);
	end_init(model, 3, 1, 5, 0); /* twice */
	unmap_object(model, 0x77);
	model_finish(model);
	assert_int_equal(model->modules->len, 1);
	assert_int_equal(module_at(model, 0)->total_ns, 5);
	assert_string_equal(module_at(model, 0)->name, "lonely");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nested_spans_are_counted_once),
		TEST(test_self_time_is_never_negative),
		TEST(test_one_load_counts_for_one_module),
		TEST(test_every_import_is_a_module),
		TEST(test_a_thread_prefers_its_own_load),
		TEST(test_an_address_means_what_is_mapped_then),
		TEST(test_a_return_address_may_be_the_end_of_its_object),
		TEST(test_a_constructor_loads_before_its_object_is_told),
		TEST(test_success_with_the_same_stem_makes_a_probe),
		TEST(test_null_from_an_init_is_a_failure),
		TEST(test_the_innermost_open_call_is_the_failure),
		TEST(test_ends_without_begin_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
