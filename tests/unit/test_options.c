/* SPDX-License-Identifier: MIT */
/*
 * analyzer/options.c: values, and what ends up in struct options.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "options.h"

static void times(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "0", 0 },   { "5us", 5000 }, { "1.5ms", 1500000 }, { "2s", 2000000000 },
		{ "7ns", 7 }, { "0s", 0 },     { "0.1us", 100 },     { "1e3us", 1000000 },
	};
	static const char *const bad[] = { "",	 "5",	"us",	"-1s",	"+1s", " 1s", "1 s",
					   "1m", "nan", "infs", "0x5s", "1sx", ".5s", "1e30s" };
	uint64_t ns;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(options_parse_time(good[i].text, &ns));
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (options_parse_time(bad[i], &ns))
			fail_msg("\"%s\" was taken for a time", bad[i]);
}

/* getopt sorts the words, so they cannot be constant. */
static void parse(struct options *options, const char **words)
{
	int count = 0;
	struct error *err;

	while (words[count])
		count++;
	err = options_parse(count, (char **)words, options);
	if (err)
		fail_msg("%s", error_message(err));
}

static void report_takes_options_among_directories(void **state)
{
	static const char *words[] = { "dlscope", "report", "a",    "--limit", "7",
				       "b",	  "-o",	    "file", "--raw",   NULL };
	struct options options;

	parse(&options, words);
	assert_int_equal(options.dir_count, 2);
	assert_string_equal(options.dirs[0], "a");
	assert_string_equal(options.dirs[1], "b");
	assert_int_equal(options.limit, 7);
	assert_string_equal(options.output, "file");
	assert_true(options.raw);
	assert_null(options.command);
	assert_false(options_runs_program(&options));
}

static void the_program_begins_at_the_first_operand(void **state)
{
	static const char *with_verb[] = { "dlscope", "record", "--strict", "cmd",
					   "--json",  "-o",	"x",	    NULL };
	static const char *without[] = { "dlscope", "--json", "--", "--cmd", "x", NULL };
	struct options options;

	parse(&options, with_verb);
	assert_true(options.strict);
	assert_null(options.output);
	assert_int_equal(options.stack, COUNT_UNSET);
	assert_string_equal(options.command[0], "cmd");
	assert_string_equal(options.command[1], "--json");

	parse(&options, without);
	assert_true(options.json);
	assert_string_equal(options.command[0], "--cmd");
	assert_true(options_runs_program(&options));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(report_takes_options_among_directories),
		cmocka_unit_test(the_program_begins_at_the_first_operand),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
