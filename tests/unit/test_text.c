/* SPDX-License-Identifier: MIT */
/*
 * Text for people and for JSON; errors; argv.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "nul_texts.h"
#include "error.h"
#include "json_text.h"
#include "text.h"

static void expect_text(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	g_free(text);
}

static void test_times(void **state)
{
	expect_text(text_time(0), "0");
	expect_text(text_time(1), "1ns");
	expect_text(text_time(999), "999ns");
	expect_text(text_time(1000), "1.0us");
	expect_text(text_time(999949), "999.9us");
	expect_text(text_time(999950), "1.00ms");
	expect_text(text_time(12345678), "12.35ms");
	expect_text(text_time(999994999), "999.99ms");
	expect_text(text_time(999995000), "1.000s");
	expect_text(text_time(90 * 1000000000ull), "90.000s");
	expect_text(text_time(UINT64_MAX), "18446744073.710s");
}

static void test_bytes_that_are_not_utf8_are_escaped(void **state)
{
	expect_text(text_escape("", true), "");
	expect_text(text_escape("caf\xc3\xa9", true), "caf\xc3\xa9");
	expect_text(text_escape("caf\xe9", true), "caf\\xe9");
	expect_text(text_escape("\xc3", true), "\\xc3");
	expect_text(text_escape("\xed\xa0\x80", true), "\\xed\\xa0\\x80"); /* a surrogate */
	expect_text(text_escape("a\033[2Jb\n", true), "a\\x1b[2Jb\\x0a");
	expect_text(text_escape("a\tb", false), "a\tb");
	expect_text(text_escape("\xc2\x9b", true), "\\xc2\\x9b"); /* C1: CSI */
}

static void test_json_text_has_bytes_only_where_needed(void **state)
{
	json_t *json = json_object();
	const char *const words[] = { "good", "b\xff" };

	json_set_text(json, "good", "gr\xc3\xbcn");
	json_set_text(json, "bad", "b\xff");
	json_set_text(json, "none", NULL);
	json_set_texts(json, "words", words, 2);
	json_set_address(json, "address", UINT64_MAX);
	json_set_number(json, "large", UINT64_MAX);
	assert_null(json_object_get(json, "good_bytes"));
	assert_string_equal(json_string_value(json_object_get(json, "bad")), "b\\xff");
	assert_string_equal(json_string_value(json_object_get(json, "bad_bytes")), "Yv8=");
	assert_true(json_is_null(json_object_get(json, "none")));
	assert_int_equal(json_array_size(json_object_get(json, "words_bytes")), 2);
	assert_string_equal(json_string_value(json_object_get(json, "address")),
			    "0xffffffffffffffff");
	assert_int_equal(json_integer_value(json_object_get(json, "large")), INT64_MAX);
	json_decref(json);
}

static void expect_argv(const char *data, size_t size, guint count, const char *last)
{
	GPtrArray *words = nul_texts_split(data, size);

	assert_int_equal(words->len, count);
	if (count)
		assert_string_equal(words->pdata[count - 1], last);
	g_ptr_array_free(words, TRUE);
}

static void test_argv_is_split_at_nul(void **state)
{
	expect_argv(NULL, 0, 0, NULL);
	expect_argv("a", 2, 1, "a");
	expect_argv("a\0\0b c", 7, 3, "b c");
	expect_argv("a\0cut of", 8, 2, "cut of"); /* no NUL at the end */
	expect_argv("a\0", 3, 2, "");
}

static void test_errors_grow_by_context(void **state)
{
	struct error *err = error_errno(ENOENT, "cannot open %s", "x");

	assert_string_equal(error_message(err), "cannot open x: No such file or directory");
	err = error_context(err, "cannot report on %s", "T");
	assert_string_equal(error_message(err),
			    "cannot report on T: cannot open x: No such file or directory");
	error_free(err);
	assert_null(error_context(NULL, "nothing"));
	assert_string_equal(error_message(error_context(error_no_memory(), "x")), "out of memory");
	error_free(error_no_memory());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_bytes_that_are_not_utf8_are_escaped),
		cmocka_unit_test(test_json_text_has_bytes_only_where_needed),
		cmocka_unit_test(test_argv_is_split_at_nul),
		cmocka_unit_test(test_errors_grow_by_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
