/* SPDX-License-Identifier: MIT */
/*
 * Tells events from holes: see packet_events.h.
 */
#include "packet_events.h"

#include <stdlib.h>
#include <string.h>

#include "event_types.h"

enum {
	NUMBERS_MAX = 64,
	EXTENDED = 0xffff, /* struct event_header_large of LTTng's metadata */
	COMPACT_SIZE = 6,
	EXTENDED_SIZE = 14,
	RUN_AT = 24, /* DLSCOPE_WHO of trace_events.def: behind process, pid, tid, call */
	HOLES_MOST = 8,
};

struct event_numbers {
	uint32_t run;
	const struct event_type *types[NUMBERS_MAX];
};

void event_numbers_free(struct event_numbers *numbers)
{
	g_free(numbers);
}

/* --- metadata ----------------------------------------------------------------------------- */

/* LTTng writes it in packets: the text is between their headers and their padding. */
static char *read_metadata(const char *trace)
{
	enum { HEADER = 37, CONTENT_SIZE_AT = 24, PACKET_SIZE_AT = 28 };
	g_autofree char *path = g_build_filename(trace, "metadata", NULL), *bytes = NULL;
	GString *text = g_string_new(NULL);
	uint32_t content, packet;
	gsize size = 0, at;

	if (!g_file_get_contents(path, &bytes, &size, NULL))
		size = 0;
	for (at = 0; at + HEADER <= size; at += packet / 8) {
		memcpy(&content, bytes + at + CONTENT_SIZE_AT, sizeof(content));
		memcpy(&packet, bytes + at + PACKET_SIZE_AT, sizeof(packet));
		if (content / 8 < HEADER || content > packet || packet / 8 > size - at)
			break;
		g_string_append_len(text, bytes + at + HEADER, content / 8 - HEADER);
	}
	return g_string_free(text, FALSE);
}

struct event_numbers *event_numbers_read(const char *trace, uint32_t run)
{
	static const char key[] = "name = \"dlscope:", id_key[] = "id = ";
	g_autofree char *text = read_metadata(trace);
	struct event_numbers *numbers = g_new0(struct event_numbers, 1);
	const char *at = text;

	numbers->run = run;
	if (!strstr(text, "event.header := struct event_header_large"))
		return numbers;
	while ((at = strstr(at, key))) {
		g_autofree char *name = NULL;
		enum trace_event event;
		unsigned long id;

		at += strlen(key);
		name = g_strndup(at, strcspn(at, "\""));
		event = event_type_find(name);
		at = strstr(at, id_key);
		id = at ? strtoul(at + strlen(id_key), NULL, 10) : NUMBERS_MAX;
		if (!at)
			break;
		if (id < NUMBERS_MAX && event != EVENT_COUNT)
			numbers->types[id] = event_type(event);
	}
	return numbers;
}

/* --- one event ------------------------------------------------------------------------------ */

struct walk {
	const struct event_numbers *numbers;
	const struct packet_bytes *packet;
	GArray *ranges;
	unsigned int *steps; /* so many tried */
};

/* Where no division adds up, all would be tried; this many take about a second. */
enum { STEPS_MOST = 10000000 };

/* False where it lies outside. */
static bool read_number(const struct packet_bytes *packet, size_t at, void *number, size_t size)
{
	if (at > packet->size || packet->size - at < size)
		return false;
	memcpy(number, packet->bytes + at, size);
	return true;
}

static size_t field_size(const struct packet_bytes *packet, const struct field_type *field,
			 size_t at)
{
	const uint8_t *end;
	uint32_t count;

	if (field->kind == FIELD_STRING) {
		end = memchr(packet->bytes + at, 0, packet->size - at);
		return end ? (size_t)(end - (packet->bytes + at)) + 1 : SIZE_MAX;
	}
	if (field->kind != FIELD_SEQUENCE)
		return field->size;
	if (!read_number(packet, at, &count, sizeof(count)))
		return SIZE_MAX;
	return sizeof(count) + (size_t)count * field->size;
}

/* Of the fields of an event that begin at `at`; 0 when they go beyond the packet. */
static size_t fields_end(const struct packet_bytes *packet, const struct event_type *type,
			 size_t at)
{
	size_t i, size;

	for (i = 0; i < type->field_count; i++) {
		size = at <= packet->size ? field_size(packet, &type->fields[i], at) : SIZE_MAX;
		if (size > packet->size - at)
			return 0;
		at += size;
	}
	return at;
}

static bool is_in_time(const struct packet_bytes *packet, size_t at, bool extended)
{
	uint64_t span = packet->end_ns - packet->begin_ns, whole;
	uint32_t low;

	if (extended)
		return read_number(packet, at, &whole, sizeof(whole)) &&
		       whole - packet->begin_ns <= span;
	return read_number(packet, at, &low, sizeof(low)) &&
	       (span > UINT32_MAX || low - (uint32_t)packet->begin_ns <= span);
}

/* Where the event that begins at `at` ends; 0 when there is none. */
static size_t event_end(const struct walk *walk, size_t at)
{
	const struct packet_bytes *packet = walk->packet;
	uint16_t number;
	uint32_t id, run;
	bool extended;

	if (++*walk->steps > STEPS_MOST || !read_number(packet, at, &number, sizeof(number)))
		return 0;
	extended = number == EXTENDED;
	id = number;
	if (extended && !read_number(packet, at + sizeof(number), &id, sizeof(id)))
		return 0;
	if (id >= NUMBERS_MAX || !walk->numbers->types[id] ||
	    !is_in_time(packet, at + (extended ? 6 : 2), extended))
		return 0;
	at += extended ? EXTENDED_SIZE : COMPACT_SIZE;
	if (!read_number(packet, at + RUN_AT, &run, sizeof(run)) || run != walk->numbers->run)
		return 0;
	return fields_end(packet, walk->numbers->types[id], at);
}

/* --- all of them -------------------------------------------------------------------------------- */

static bool divide(const struct walk *walk, size_t from, size_t missing, unsigned int holes);

/* A hole begins at `at`, behind the events since `from`: tries all its ends. */
static bool try_hole(const struct walk *walk, size_t from, size_t at, size_t missing,
		     unsigned int holes)
{
	struct range range = { from, at };
	guint count = walk->ranges->len;
	size_t end;

	if (!holes || !missing)
		return false;
	g_array_append_val(walk->ranges, range);
	for (end = at + 1; end <= at + missing && end <= walk->packet->size; end++) {
		if (end != walk->packet->size && !event_end(walk, end))
			continue;
		if (divide(walk, end, missing - (end - at), holes - 1))
			return true;
	}
	g_array_set_size(walk->ranges, count);
	return false;
}

/* Events from `from` to the end of the packet, with so many bytes missing in holes.
 * Where they stop making sense a hole begins; or rather the event before is one, whose
 * process had written enough of it to look like one.  That is tried first: where it is
 * wrong the bytes cannot add up, while the other way round one more event left out may
 * make up for one kept too much. */
static bool divide(const struct walk *walk, size_t from, size_t missing, unsigned int holes)
{
	struct range range = { from, walk->packet->size };
	size_t at = from, last = from, end;

	while (at < walk->packet->size && (end = event_end(walk, at))) {
		last = at;
		at = end;
	}
	if (at == walk->packet->size && !missing) {
		g_array_append_val(walk->ranges, range);
		return true;
	}
	return (last != at && try_hole(walk, from, last, missing, holes)) ||
	       try_hole(walk, from, at, missing, holes);
}

bool packet_events_find(const struct event_numbers *numbers, const struct packet_bytes *packet,
			GArray *ranges)
{
	unsigned int steps = 0;
	const struct walk walk = { numbers, packet, ranges, &steps };

	return try_hole(&walk, packet->hole, packet->hole, packet->missing, HOLES_MOST) ||
	       divide(&walk, packet->hole, packet->missing, HOLES_MOST);
}
