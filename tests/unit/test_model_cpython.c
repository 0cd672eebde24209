/* SPDX-License-Identifier: MIT */
/*
 * The model of what CPython does after an init, and of where its source was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "feed_model.h"
#include "recording_info.h"

/* --- slots ----------------------------------------------------------------------- */

static void test_slots_belong_to_their_init(void **state)
{
	struct model *model = *state;
	struct module *outer, *inner;

	import(model, 1, 0, "PyInit_outer", 0x10);
	begin_slot(model, 5, 0, 3, SLOT_CREATE, "pkg.outer");
	end_slot(model, 5, false, 30);
	begin_slot(model, 6, 0, 3, SLOT_EXEC, "pkg.outer");
	import(model, 11, 6, "PyInit_inner", 0x20);
	begin_slot(model, 15, 6, 13, SLOT_EXEC, "pkg.inner");
	end_slot(model, 15, false, 500);
	end_slot(model, 6, false, 1000);
	begin_slot(model, 7, 0, 3, SLOT_EXEC, "pkg.outer");
	end_slot(model, 7, false, 7);
	model_finish(model);

	assert_int_equal(model->modules->len, 2);
	outer = module_at(model, 0);
	inner = module_at(model, 1);
	assert_string_equal(outer->name, "pkg.outer");
	assert_string_equal(inner->name, "pkg.inner");
	assert_int_equal(outer->create_ns, 30);
	assert_int_equal(outer->exec_ns, 1007);
	assert_int_equal(outer->total_ns, 160 + 30 + 1007);
	assert_int_equal(inner->total_ns, 160 + 500);
	assert_int_equal(outer->self_ns, 160 + 30 + 1007 - (160 + 500));
	assert_int_equal(inner->self_ns, 660);
	assert_ptr_equal(inner->parent, outer);
	assert_int_equal(outer->process->native_load_ns, outer->self_ns + inner->self_ns);
}

static void test_every_import_has_its_own_slots(void **state)
{
	struct model *model = *state;

	import(model, 1, 0, "PyInit_again", 0x10);
	begin_slot(model, 4, 0, 3, SLOT_EXEC, "again");
	end_slot(model, 4, false, 40);
	import(model, 11, 0, "PyInit_again", 0x10);
	begin_slot(model, 14, 0, 13, SLOT_EXEC, "again");
	end_slot(model, 14, false, 50);
	begin_slot(model, 15, 0, 13, SLOT_EXEC, "again"); /* a reload */
	end_slot(model, 15, false, 60);
	model_finish(model);
	assert_int_equal(model->modules->len, 2);
	assert_int_equal(module_at(model, 0)->exec_ns, 40);
	assert_int_equal(module_at(model, 1)->exec_ns, 110);
}

static void test_a_failed_slot_fails_its_module(void **state)
{
	struct model *model = *state;
	const struct module *module;

	import(model, 1, 0, "PyInit_m", 0x10);
	begin_slot(model, 4, 0, 3, SLOT_CREATE, "pkg.m");
	end_slot(model, 4, true, 1);
	import(model, 11, 0, "PyInit_n", 0x20);
	begin_slot(model, 14, 0, 13, SLOT_EXEC, "pkg.n");
	end_slot(model, 14, true, 1);
	model_finish(model);
	module = module_at(model, 1);
	assert_int_equal(module_at(model, 0)->outcome, MODULE_FAILED);
	assert_int_equal(module->outcome, MODULE_FAILED);
	assert_string_equal(failure_at(model, 0)->kind, "init-error");
	assert_string_equal(failure_at(model, 1)->kind, "exec-error");
	assert_string_equal(failure_at(model, 1)->message,
			    "pkg.n: the exec function in m_slots[1] failed");
	assert_ptr_equal(module->failure, failure_at(model, 1));
	assert_ptr_equal(failure_at(model, 1)->module, module);
}

static void test_a_crash_in_a_slot(void **state)
{
	struct model *model = *state;
	struct recording_info recording = { .pid = PID, .signal = 11, .complete = true };

	import(model, 1, 0, "PyInit_m", 0x10);
	begin_slot(model, 4, 0, 3, SLOT_EXEC, "m");
	model_add_recording(model, &recording);
	model_finish(model);
	assert_int_equal(module_at(model, 0)->outcome, MODULE_IN_FLIGHT);
	assert_string_equal(failure_at(model, 0)->kind, "crash-in-init");
	assert_int_equal(failure_at(model, 0)->severity, SEVERITY_FATAL);
	assert_ptr_equal(failure_at(model, 0)->module, module_at(model, 0));
}

static void test_slots_without_init_do_no_harm(void **state)
{
	struct model *model = *state;

	begin_slot(model, 1, 0, 99, SLOT_EXEC, "lonely");
	import(model, 11, 1, "PyInit_inner", 0x10);
	end_slot(model, 1, true, 1000);
	end_slot(model, 1, true, 1000); /* twice */
	end_slot(model, 77, false, 5);
	begin_slot(model, 2, 0, 11, SLOT_EXEC, ""); /* the call of a load */
	model_finish(model);
	assert_int_equal(model->modules->len, 1);
	assert_null(module_at(model, 0)->parent);
	assert_int_equal(model->failures->len, 2);
	assert_null(failure_at(model, 0)->module);
	assert_string_equal(failure_at(model, 0)->message,
			    "lonely: the exec function in m_slots[1] failed");
}

static void test_a_name_that_does_not_fit_is_not_taken(void **state)
{
	struct model *model = *state;

	import(model, 1, 0, "PyInit_real", 0x10);
	begin_slot(model, 4, 0, 3, SLOT_EXEC, "something.else");
	end_slot(model, 4, false, 1);
	model_finish(model);
	assert_string_equal(module_at(model, 0)->name, "real");
}

/* --- built-in modules -------------------------------------------------------------- */

static void begin_builtin(struct model *model, uint64_t call, const char *name)
{
	struct event event = event_of(EVENT_init_begin);

	event.init_begin.call = call;
	event.init_begin.symbol = name;
	event.init_begin.convention = "cpython_inittab";
	event.init_begin.module_context = "";
	event.init_begin.address = 0x400100;
	model_add_event(model, &event);
}

static void test_builtin_modules(void **state)
{
	struct model *model = *state;
	const struct module *module;

	map_object(model, 0x10, 0x400000, "/usr/bin/python3", 0);
	begin_builtin(model, 1, "_io");
	end_init(model, 1, 0x5000, 60, 0);
	begin_slot(model, 2, 0, 1, SLOT_EXEC, "_io");
	end_slot(model, 2, false, 40);
	begin_builtin(model, 3, "a.b");
	end_init(model, 3, 0, 1, 0);
	model_finish(model);
	module = module_at(model, 0);
	assert_string_equal(module->name, "_io");
	assert_string_equal(module->kind, "builtin");
	assert_string_equal(module->runtime, "cpython");
	assert_null(module->object);
	assert_int_equal(module->open_ns + module->resolve_ns, 0);
	assert_int_equal(module->total_ns, 100);
	assert_string_equal(module_at(model, 1)->name, "a.b");
	assert_string_equal(module_at(model, 1)->kind, "builtin");
	assert_string_equal(failure_at(model, 0)->message,
			    "the init function of a.b returned NULL");
}

/* --- frames ----------------------------------------------------------------------- */

#define FRAMES(text) (text), sizeof(text) - 1
#define BOOTSTRAP    "_call_with_frames_removed\0<frozen importlib._bootstrap>\000241\0"
#define BOOTSTRAP_EXT \
	"create_module\0/usr/lib/python3.11/importlib/_bootstrap_external.py\0001176\0"

static const struct interp_stack *stack_of(struct model *model, guint load)
{
	return load_at(model, load)->span.interp;
}

static void test_the_import_machinery_is_folded(void **state)
{
	struct model *model = *state;
	const struct place *place;

	begin_load(model, 1, 0, "/m.so", 0);
	at_frames(model, 1,
		  FRAMES(BOOTSTRAP BOOTSTRAP_EXT "helper\0/app/lib.py\0007\0" BOOTSTRAP
						 "<module>\0/app/main.py\0003\0"));
	end_load(model, 1, 0x10, 100, 0);
	resolve(model, 2, 0, "PyInit_m", 0x10, 1, 10);
	begin_init(model, 3, 0, "PyInit_m", 2);
	end_init(model, 3, 1, 5, 0);
	model_finish(model);
	assert_int_equal(stack_of(model, 0)->depth, 2);
	assert_string_equal(stack_of(model, 0)->language, "python");
	assert_string_equal(stack_of(model, 0)->places[1].file, "/app/main.py");
	place = module_at(model, 0)->requested_at;
	assert_string_equal(place->file, "/app/lib.py");
	assert_string_equal(place->function, "helper");
	assert_int_equal(place->line, 7);
}

static void test_who_loads_for_others_did_not_ask(void **state)
{
	struct model *model = *state;

	begin_load(model, 1, 0, "/m.so", 0);
	at_frames(model, 1,
		  FRAMES("__init__\0/usr/lib/python3.11/ctypes/__init__.py\000376\0"
			 "<module>\0/app/main.py\0003\0"));
	fail_load(model, 1, "/m.so: file too short");
	begin_load(model, 2, 0, "/n.so", 0);
	at_frames(model, 2, FRAMES("__init__\0/usr/lib/python3.11/ctypes/__init__.py\000376\0"));
	begin_load(model, 3, 0, "/o.so", 0);
	at_frames(model, 3, FRAMES(BOOTSTRAP));
	model_finish(model);
	assert_int_equal(stack_of(model, 0)->depth, 2);
	assert_string_equal(failure_at(model, 0)->requested_at->file, "/app/main.py");
	assert_int_equal(span_requested_at(&load_at(model, 1)->span)->line, 376);
	assert_null(span_requested_at(&load_at(model, 2)->span));
}

static void test_frames_that_are_cut_or_strange(void **state)
{
	static const char frames[] = "f\0/caf\xe9.py\0"
				     "0x12\0"
				     "\0\0-1\0"
				     "g\0/b.py\00012";
	struct model *model = *state;
	size_t size;

	for (size = 0; size <= sizeof(frames); size++) {
		begin_load(model, size + 1, 0, "/m.so", 0);
		at_frames(model, size + 1, frames, size);
	}
	model_finish(model);
	assert_int_equal(stack_of(model, 0)->depth, 0);
	assert_null(span_requested_at(&load_at(model, 0)->span));
	assert_int_equal(stack_of(model, 15)->depth, 0);
	assert_int_equal(stack_of(model, 16)->depth, 1);
	assert_string_equal(stack_of(model, 16)->places[0].file, "/caf\xe9.py");
	assert_int_equal(stack_of(model, 16)->places[0].line, 0);
	assert_int_equal(stack_of(model, sizeof(frames) - 1)->depth, 2);
	assert_string_equal(stack_of(model, sizeof(frames) - 1)->places[1].file, "");
	assert_int_equal(stack_of(model, sizeof(frames))->depth, 3);
	assert_int_equal(stack_of(model, sizeof(frames))->places[2].line, 12);
}

static void test_frames_of_unknown_calls_do_no_harm(void **state)
{
	struct model *model = *state;

	at_frames(model, 55, FRAMES("f\0/a.py\0001\0"));
	begin_load(model, 1, 0, "/m.so", 0);
	at_frames(model, 1, FRAMES("f\0/a.py\0001\0"));
	at_frames(model, 1, FRAMES("f\0/b.py\0002\0"));
	begin_slot(model, 2, 0, 9, SLOT_EXEC, "m");
	at_frames(model, 2, FRAMES("f\0/a.py\0001\0"));
	at_frames(model, 1, NULL, 0);
	begin_load(model, 3, 0, "/m.so", 0);
	model_finish(model);
	assert_int_equal(stack_of(model, 0)->depth, 0);
	assert_null(stack_of(model, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_slots_belong_to_their_init),
		TEST(test_every_import_has_its_own_slots),
		TEST(test_a_failed_slot_fails_its_module),
		TEST(test_a_crash_in_a_slot),
		TEST(test_slots_without_init_do_no_harm),
		TEST(test_a_name_that_does_not_fit_is_not_taken),
		TEST(test_builtin_modules),
		TEST(test_the_import_machinery_is_folded),
		TEST(test_who_loads_for_others_did_not_ask),
		TEST(test_frames_that_are_cut_or_strange),
		TEST(test_frames_of_unknown_calls_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
