/* SPDX-License-Identifier: MIT */
/*
 * analyzer/packet_events.c: events and holes in made packets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "packet_events.h"

enum { RUN = 4711, BEGIN_NS = 1000, END_NS = 2000, UNLOAD = 7, GARBAGE = 0xee };

/* As LTTng writes it; one packet, and of the schema one event. */
static char *make_trace(void)
{
	static const char text[] = "stream { event.header := struct event_header_large; };\n"
				   "event {\n\tname = \"dlscope:unload\";\n\tid = 7;\n};\n";
	char header[37] = { 0 };
	uint32_t bits = (sizeof(header) + sizeof(text) - 1) * 8;
	g_autofree char *path = NULL;
	GString *metadata = g_string_new(NULL);
	char *trace = g_dir_make_tmp("test-packet-XXXXXX", NULL);

	memcpy(header + 24, &bits, sizeof(bits));
	memcpy(header + 28, &bits, sizeof(bits));
	g_string_append_len(metadata, header, sizeof(header));
	g_string_append(metadata, text);
	path = g_build_filename(trace, "metadata", NULL);
	assert_true(g_file_set_contents(path, metadata->str, (gssize)metadata->len, NULL));
	g_string_free(metadata, TRUE);
	return trace;
}

static struct event_numbers *read_numbers(void)
{
	g_autofree char *trace = make_trace(), *path = g_build_filename(trace, "metadata", NULL);
	struct event_numbers *numbers = event_numbers_read(trace, RUN);

	unlink(path);
	rmdir(trace);
	return numbers;
}

/* Number, time, process, pid, tid, call, run; then zeros for the rest of it. */
static void add_event(GByteArray *bytes, size_t size)
{
	uint8_t event[256] = { UNLOAD };
	uint32_t time = BEGIN_NS + 1, run = RUN;

	memcpy(event + 2, &time, sizeof(time));
	memcpy(event + 6 + 24, &run, sizeof(run));
	g_byte_array_append(bytes, event, (guint)size);
}

static void add_garbage(GByteArray *bytes, size_t size)
{
	for (; size; size--)
		g_byte_array_append(bytes, &(uint8_t){ GARBAGE }, 1);
}

/* How long that event is by the schema. */
static size_t event_size(const struct event_numbers *numbers)
{
	size_t size;

	for (size = 34; size < 200; size++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
		struct packet_bytes packet = { .begin_ns = BEGIN_NS, .end_ns = END_NS };

		add_event(bytes, size);
		packet.bytes = bytes->data;
		packet.size = bytes->len;
		if (packet_events_find(numbers, &packet, ranges))
			return size;
	}
	fail_msg("an event of no size that was tried");
	return 0;
}

/* "eeGe": events and holes; the one of `partial` letters is written in part. */
static void expect(const char *picture, size_t hole_size, bool found, const char *kept)
{
	struct event_numbers *numbers = read_numbers();
	size_t size = event_size(numbers), missing = 0, first = SIZE_MAX, i, total = 0;
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
	struct packet_bytes packet = { .begin_ns = BEGIN_NS, .end_ns = END_NS };

	for (; *picture; picture++) {
		if (*picture != 'e') {
			first = MIN(first, bytes->len);
			missing += hole_size;
		}
		if (*picture == 'p') {
			add_event(bytes, 34);
			add_garbage(bytes, hole_size - 34);
		} else if (*picture == 'h') {
			add_garbage(bytes, hole_size);
		} else {
			add_event(bytes, size);
		}
	}
	packet.bytes = bytes->data;
	packet.size = bytes->len;
	packet.hole = MIN(first, bytes->len);
	packet.missing = missing;
	assert_int_equal(packet_events_find(numbers, &packet, ranges), found);
	for (i = 0; found && i < ranges->len; i++) {
		struct range *range = &g_array_index(ranges, struct range, i);

		total += range->to - range->from;
		assert_null(memchr(bytes->data + range->from, GARBAGE, range->to - range->from));
	}
	if (found)
		assert_int_equal(total, strlen(kept) * size);
	event_numbers_free(numbers);
}

static void one_hole(void **state)
{
	expect("eehee", 100, true, "ee");
	expect("heee", 91, true, "eee");
	expect("eeh", 77, true, "");
}

static void several_holes(void **state)
{
	expect("ehehe", 100, true, "ee");
	expect("hhee", 60, true, "ee");
	expect("eheeheehe", 83, true, "eeeee");
}

static void written_in_part(void **state)
{
	expect("epe", 120, true, "e");
	expect("eheepeep", 120, true, "eeee");
}

static void does_not_add_up(void **state)
{
	struct event_numbers *numbers = read_numbers();
	g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct packet_bytes packet = { .missing = 50, .begin_ns = BEGIN_NS, .end_ns = END_NS };

	add_garbage(bytes, 100);
	add_event(bytes, event_size(numbers));
	packet.bytes = bytes->data;
	packet.size = bytes->len;
	assert_false(packet_events_find(numbers, &packet, ranges));
	assert_int_equal(ranges->len, 0);
	event_numbers_free(numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_hole),
		cmocka_unit_test(several_holes),
		cmocka_unit_test(written_in_part),
		cmocka_unit_test(does_not_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
