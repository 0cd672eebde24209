/* SPDX-License-Identifier: MIT */
/*
 * analyzer/buffers.c: sizes on machines of all kinds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buffers.h"

#define MIB (1024ULL * 1024)
#define GIB (1024 * MIB)

static uint64_t total(const struct buffer_plan *plan, unsigned int cpus)
{
	return plan->subbuf_size * plan->subbuf_count * cpus;
}

static void plenty_of_memory(void **state)
{
	for (unsigned int cpus = 1; cpus <= 4096; cpus *= 2) {
		struct buffer_plan plan;

		assert_true(buffers_choose(cpus, 64 * GIB, &plan));
		assert_false(plan.reduced);
		/* LTTng wants powers of two, and at least a page. */
		assert_int_equal(plan.subbuf_size & (plan.subbuf_size - 1), 0);
		assert_true(plan.subbuf_size >= 64 * 1024);
		/* many CPUs must not eat the machine's shared memory */
		if (cpus <= 256)
			assert_true(total(&plan, cpus) <= 64 * MIB);
	}
}

static void little_memory(void **state)
{
	const uint64_t container = 64 * MIB; /* what Docker gives */
	struct buffer_plan plan;

	assert_true(buffers_choose(8, container, &plan));
	assert_false(plan.reduced);
	for (unsigned int cpus = 1; cpus <= 512; cpus *= 2) {
		for (uint64_t bytes = 4096; bytes <= container; bytes *= 2) {
			if (!buffers_choose(cpus, bytes, &plan))
				continue;
			assert_true(total(&plan, cpus) <= bytes / 2);
			assert_true(plan.subbuf_size >= 16 * 1024);
		}
	}
	assert_true(buffers_choose(2, 1 * MIB, &plan));
	assert_true(plan.reduced);
	assert_false(buffers_choose(2, 64 * 1024, &plan));
	assert_false(buffers_choose(1, 0, &plan));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plenty_of_memory),
		cmocka_unit_test(little_memory),
	};

	return cmocka_run_group_tests_name("buffers", tests, NULL, NULL);
}
