/* SPDX-License-Identifier: MIT */
/* shim/open_calls.c: which calls have been left by longjmp. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "open_calls.h"

static const uintptr_t base = 0x7fff00000000;

static void push(struct open_calls *open, uint64_t call, uintptr_t frame)
{
	struct open_call one = { .call = call, .frame = frame };
	assert_true(open_calls_push(open, &one));
}

static void a_nested_call_leaves_its_parent_open(void **state)
{
	struct open_calls open = { .depth = 0 };
	struct open_call left;
	push(&open, 1, base);
	assert_false(open_calls_pop_left(&open, base - 512, &left));
	assert_int_equal(open_calls_top(&open)->call, 1);
}

static void a_call_from_a_higher_frame_shows_that_others_were_left(void **state)
{
	struct open_calls open = { .depth = 0 };
	struct open_call left;
	push(&open, 1, base);
	push(&open, 2, base - 512);
	push(&open, 3, base - 1024);
	assert_true(open_calls_pop_left(&open, base - 512, &left));
	assert_int_equal(left.call, 3);
	assert_true(open_calls_pop_left(&open, base - 512, &left));
	assert_int_equal(left.call, 2);
	assert_false(open_calls_pop_left(&open, base - 512, &left));
}

static void a_call_whose_return_address_is_gone_was_left(void **state)
{
	uintptr_t words[] = { 0, 1234 };
	struct open_calls open = { .depth = 0 };
	struct open_call one = { .call = 1, .frame = (uintptr_t)words, .resume = 1234 }, left;
	assert_true(open_calls_push(&open, &one));
	assert_false(open_calls_pop_left(&open, one.frame - 512, &left));
	words[1] = 0;
	assert_true(open_calls_pop_left(&open, one.frame - 512, &left));
	assert_int_equal(left.call, 1);
}

static void another_stack_says_nothing(void **state)
{
	struct open_calls open = { .depth = 0 };
	struct open_call left;
	push(&open, 1, base);
	assert_false(open_calls_pop_left(&open, base + (64u << 20), &left));
}

static void what_is_inside_of_a_returning_call_was_left(void **state)
{
	struct open_calls open = { .depth = 0 };
	struct open_call left;
	push(&open, 1, base);
	push(&open, 2, base - 512);
	assert_true(open_calls_pop_inner(&open, 1, &left));
	assert_int_equal(left.call, 2);
	assert_false(open_calls_pop_inner(&open, 1, &left));
	assert_false(open_calls_pop_inner(&open, 99, &left));
}

static void a_full_stack_refuses(void **state)
{
	struct open_calls open = { .depth = 0 };
	struct open_call one = { .call = 1 };
	for (unsigned i = 0; i < OPEN_CALLS_MAX; i++)
		push(&open, i + 1, base - i);
	assert_false(open_calls_push(&open, &one));
	assert_int_equal(open.depth, OPEN_CALLS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nested_call_leaves_its_parent_open),
		cmocka_unit_test(a_call_from_a_higher_frame_shows_that_others_were_left),
		cmocka_unit_test(a_call_whose_return_address_is_gone_was_left),
		cmocka_unit_test(another_stack_says_nothing),
		cmocka_unit_test(what_is_inside_of_a_returning_call_was_left),
		cmocka_unit_test(a_full_stack_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
