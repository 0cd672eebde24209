/* SPDX-License-Identifier: MIT */
/*
 * Ring buffers of LTTng: see ring_buffer.h.
 *
 * Positions count bytes from the buffer's first use and never wrap; the commit counter
 * of a sub-buffer counts the bytes committed to it in all its uses.
 */
#include "ring_buffer.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LAYOUT_SIZE = 256, LARGEST = 1 << 30 };

/* Of what lttng-ust 2.13 and 2.14 put at the start of each buffer (frontend_types.h). */
struct layout {
	uint8_t magic[16];
	uint64_t length;
	uint16_t endian, major, minor;
	uint8_t word_size, type;
	struct {
		uint32_t produced, consumed, commits, contiguous, written, written_id;
		uint32_t pages, pages_offset, memory_offset, content_size, packet_size;
	} at;
	uint8_t lengths[8];
	struct {
		uint32_t commits, written, pages;
	} stride;
	uint64_t buffer_size, part_size, part_count;
	uint32_t mode;
} __attribute__((packed));

_Static_assert(sizeof(struct layout) == 124, "the layout is one of another program");

static const uint8_t magic[] = { 0x17, 0x7b, 0xf1, 0x77, 0xbf, 0x17, 0x7b, 0xf1,
				 0x77, 0xbf, 0x17, 0x7b, 0xf1, 0x77, 0xbf, 0x17 };

enum { LITTLE_ENDIAN_MARK = 0x1234, DISCARD_MODE = 1, WORD = sizeof(uint64_t) };

/* The header of a packet (ringbuffer-clients/template.h). */
enum {
	UUID_AT = 4,
	STREAM_AT = 24,
	BEGIN_AT = 32,
	END_AT = 40,
	CONTENT_SIZE_AT = 48,
	PACKET_SIZE_AT = 56,
	SEQUENCE_AT = 64,
	DISCARDED_AT = 72,
	HEADER_SIZE = 84,
};

struct ring_buffer {
	struct layout layout;
	uint64_t produced, consumed;
	size_t size;
	uint8_t bytes[];
};

void ring_buffer_free(struct ring_buffer *buffer)
{
	g_free(buffer);
}

/* --- numbers in it --------------------------------------------------------------------- */

/* 0 where it lies outside. */
static uint64_t word_at(const struct ring_buffer *buffer, uint64_t offset)
{
	uint64_t word = 0;

	if (offset <= buffer->size && buffer->size - offset >= WORD)
		memcpy(&word, buffer->bytes + offset, WORD);
	return word;
}

static uint64_t field(const uint8_t *packet, size_t offset)
{
	uint64_t word;

	memcpy(&word, packet + offset, WORD);
	return word;
}

static void set_field(uint8_t *packet, size_t offset, uint64_t word)
{
	memcpy(packet + offset, &word, WORD);
}

static uint64_t part_index(const struct layout *layout, uint64_t position)
{
	return (position & (layout->buffer_size - 1)) / layout->part_size;
}

/* What the commit counter of the part was when this use of it began. */
static uint64_t commits_before(const struct layout *layout, uint64_t position)
{
	return (position & ~(layout->buffer_size - 1)) / layout->part_count;
}

/* --- one sub-buffer --------------------------------------------------------------------- */

struct part {
	const uint8_t *bytes; /* NULL: not to be found */
	uint64_t committed;   /* bytes of this use */
	uint64_t contiguous;  /* of them without a hole from the start */
	uint64_t data_size;   /* without what pads it; sure only when the end was committed */
};

static struct part part_at(const struct ring_buffer *buffer, uint64_t position)
{
	const struct layout *layout = &buffer->layout;
	uint64_t index = part_index(layout, position), before = commits_before(layout, position);
	uint64_t commits = layout->at.commits + index * layout->stride.commits;
	uint64_t id = word_at(buffer, layout->at.written + index * layout->stride.written +
					      layout->at.written_id);
	uint64_t pages = word_at(buffer, layout->at.pages + id * layout->stride.pages +
						 layout->at.pages_offset);
	uint64_t memory = word_at(buffer, pages + layout->at.memory_offset);
	struct part part = {
		.committed = word_at(buffer, commits) - before,
		.contiguous = word_at(buffer, commits + layout->at.contiguous) - before,
	};

	/* two words before: struct lttng_ust_ring_buffer_backend_pages */
	part.data_size = word_at(buffer, pages + layout->at.memory_offset - 2 * WORD);
	if (part.contiguous > layout->part_size)
		part.contiguous = 0; /* still that of an earlier use */
	if (id < layout->part_count && memory <= buffer->size &&
	    buffer->size - memory >= layout->part_size)
		part.bytes = buffer->bytes + memory;
	else
		part.committed = part.contiguous = 0;
	return part;
}

static bool is_whole(const struct layout *layout, const struct part *part)
{
	return part->committed == layout->part_size;
}

/* Who has committed the last of a sub-buffer fills in the packet's header and then
 * delivers it (lib_ring_buffer_check_deliver_slow()).  client_buffer_begin() of
 * ringbuffer-clients/template.h left this size there. */
static bool lacks_delivery(const struct part *part)
{
	return field(part->bytes, PACKET_SIZE_AT) == UINT64_MAX;
}

/* A program can die before it has written that. */
static bool has_header(const struct part *part)
{
	return part->contiguous >= HEADER_SIZE;
}

/* --- is anything held up ------------------------------------------------------------------ */

static bool is_known(const struct layout *layout)
{
	return !memcmp(layout->magic, magic, sizeof(magic)) &&
	       layout->endian == LITTLE_ENDIAN_MARK && !layout->major && !layout->minor &&
	       layout->word_size == WORD && layout->mode == DISCARD_MODE &&
	       layout->at.contiguous == WORD && layout->at.memory_offset >= 2 * WORD &&
	       layout->at.content_size == CONTENT_SIZE_AT &&
	       layout->at.packet_size == PACKET_SIZE_AT && layout->part_count &&
	       layout->part_size >= LAYOUT_SIZE && layout->buffer_size < LARGEST &&
	       !(layout->buffer_size & (layout->buffer_size - 1)) &&
	       layout->part_size * layout->part_count == layout->buffer_size;
}

static struct ring_buffer *read_all(int fd, const struct layout *layout)
{
	struct stat status;
	struct ring_buffer *buffer;

	if (fstat(fd, &status) < 0 || status.st_size <= LAYOUT_SIZE ||
	    status.st_size > 2 * (off_t)LARGEST)
		return NULL;
	buffer = g_malloc(sizeof(*buffer) + (size_t)status.st_size);
	buffer->layout = *layout;
	buffer->size = (size_t)status.st_size;
	if (pread(fd, buffer->bytes, buffer->size, 0) != (ssize_t)buffer->size) {
		g_free(buffer);
		return NULL;
	}
	buffer->produced = word_at(buffer, layout->at.produced);
	buffer->consumed = word_at(buffer, layout->at.consumed) & ~(layout->part_size - 1);
	return buffer;
}

/* lttng-crash has no need of what follows the commit counters, so where that is is known
 * from the order in which lib_ring_buffer_create() allots: the counters, as many more of
 * the same alignment for what was delivered, and when each sub-buffer ended. */
static uint64_t counters_size(const struct layout *layout)
{
	return layout->part_count * layout->stride.commits;
}

/* What the consumer waits for (lib_ring_buffer_get_subbuf()). */
static bool is_delivered(const struct ring_buffer *buffer, uint64_t position)
{
	const struct layout *layout = &buffer->layout;
	uint64_t delivered = word_at(buffer,
				     layout->at.commits + counters_size(layout) +
					     part_index(layout, position) * layout->stride.commits);

	return delivered - commits_before(layout, position) == layout->part_size;
}

static bool is_held_up(const struct ring_buffer *buffer)
{
	uint64_t behind = buffer->produced - buffer->consumed;

	return behind && behind <= buffer->layout.buffer_size &&
	       part_at(buffer, buffer->consumed).bytes && !is_delivered(buffer, buffer->consumed);
}

struct ring_buffer *ring_buffer_held_up(int fd)
{
	_cleanup_(cleanup_ring_buffer_free) struct ring_buffer *buffer = NULL;
	struct layout layout;

	if (pread(fd, &layout, sizeof(layout), 0) != (ssize_t)sizeof(layout) || !is_known(&layout))
		return NULL;
	buffer = read_all(fd, &layout);
	return buffer && is_held_up(buffer) ? take_ptr(buffer) : NULL;
}

static const uint8_t *header_before(const struct ring_buffer *buffer, uint64_t position)
{
	const struct layout *layout = &buffer->layout;
	struct part before;

	if (position < layout->part_size)
		return NULL;
	before = part_at(buffer, position - layout->part_size);
	return before.bytes && is_whole(layout, &before) ? before.bytes : NULL;
}

static const uint8_t *first_header(const struct ring_buffer *buffer)
{
	const uint8_t *header = header_before(buffer, buffer->consumed);
	uint64_t position;

	for (position = buffer->consumed; !header && position < buffer->produced;
	     position += buffer->layout.part_size) {
		struct part part = part_at(buffer, position);

		header = has_header(&part) ? part.bytes : NULL;
	}
	return header;
}

const uint8_t *ring_buffer_trace(const struct ring_buffer *buffer)
{
	const uint8_t *header = first_header(buffer);

	return header ? header + UUID_AT : NULL;
}

uint64_t ring_buffer_stream(const struct ring_buffer *buffer)
{
	const uint8_t *header = first_header(buffer);

	return header ? field(header, STREAM_AT) : 0;
}

bool ring_buffer_is_full(const struct ring_buffer *buffer)
{
	return buffer->produced - buffer->consumed >= buffer->layout.buffer_size;
}

/* --- packets ------------------------------------------------------------------------------- */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now); /* LTTng's */
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* When the packet ended, at the latest. */
static uint64_t end_of(const struct ring_buffer *buffer, uint64_t position)
{
	struct part next = part_at(buffer, position + buffer->layout.part_size);

	if (position + buffer->layout.part_size >= buffer->produced || !has_header(&next))
		return now_ns();
	return field(next.bytes, BEGIN_AT);
}

/* Who begins a packet ends the one before at the same time, by the same clock value. */
static bool append_header(const struct ring_buffer *buffer, uint64_t position, GByteArray *packets)
{
	const uint8_t *before = header_before(buffer, position);
	uint8_t *header;

	if (!before)
		return false;
	g_byte_array_append(packets, before, HEADER_SIZE);
	header = packets->data + packets->len - HEADER_SIZE;
	set_field(header, BEGIN_AT, field(before, END_AT));
	set_field(header, SEQUENCE_AT, field(before, SEQUENCE_AT) + 1);
	return true;
}

/* Of what is behind the first hole, all but the holes; false when that cannot be told
 * from them.  A hole that goes to the end is where a process was to end the packet. */
static bool append_behind_hole(const struct layout *layout, const struct part *part,
			       const struct event_numbers *numbers, uint64_t begin_ns,
			       uint64_t end_ns, GByteArray *packets)
{
	g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
	const struct packet_bytes packet = { .bytes = part->bytes,
					     .size = part->data_size,
					     .hole = part->contiguous,
					     .missing = layout->part_size - part->committed,
					     .begin_ns = begin_ns,
					     .end_ns = end_ns };
	guint i;

	if (packet.hole + packet.missing >= layout->part_size)
		return true;
	if (packet.size > layout->part_size || packet.hole > packet.size ||
	    !packet_events_find(numbers, &packet, ranges))
		return false;
	for (i = 0; i < ranges->len; i++) {
		const struct range *range = &g_array_index(ranges, struct range, i);

		g_byte_array_append(packets, part->bytes + range->from,
				    (guint)(range->to - range->from));
	}
	return true;
}

/* The fields that the last commit would have filled in.  `discarded` counts from the
 * beginning of the stream, so the packet before has a number that fits. */
static void finish_header(uint8_t *packet, size_t size, uint64_t end_ns, uint64_t discarded)
{
	set_field(packet, END_AT, MAX(field(packet, BEGIN_AT), end_ns));
	set_field(packet, CONTENT_SIZE_AT, size * CHAR_BIT);
	set_field(packet, PACKET_SIZE_AT, size * CHAR_BIT);
	set_field(packet, DISCARDED_AT, discarded);
}

/* When the last room in the packet was reserved. */
static uint64_t last_reserved_ns(const struct ring_buffer *buffer, uint64_t position)
{
	const struct layout *layout = &buffer->layout;

	return word_at(buffer, layout->at.commits + 2 * counters_size(layout) +
				       part_index(layout, position) * WORD);
}

static uint8_t *bytes_of(struct ring_buffer *buffer, const struct part *part)
{
	return buffer->bytes + (part->bytes - buffer->bytes);
}

/* Fills in the header as the process would have that was killed, but for what LTTng has
 * discarded since the packet before: a later packet counts it. */
static void deliver(struct ring_buffer *buffer, uint64_t position, const struct part *part,
		    uint64_t discarded)
{
	uint64_t end_ns = last_reserved_ns(buffer, position), latest_ns = end_of(buffer, position);

	if (end_ns < field(part->bytes, BEGIN_AT) || end_ns > latest_ns)
		end_ns = latest_ns;
	finish_header(bytes_of(buffer, part), part->data_size, end_ns, discarded);
}

static void append_whole(const struct layout *layout, const struct part *part, GByteArray *packets)
{
	uint64_t size = field(part->bytes, PACKET_SIZE_AT) / CHAR_BIT;

	g_byte_array_append(packets, part->bytes, (guint)MIN(size, layout->part_size));
}

/* True when all of its events are there. */
static bool append_with_holes(const struct ring_buffer *buffer, uint64_t position,
			      const struct event_numbers *numbers, uint64_t discarded,
			      GByteArray *packets)
{
	struct part part = part_at(buffer, position);
	uint64_t end_ns = end_of(buffer, position);
	guint start = packets->len;
	bool all;

	if (!part.bytes || part.committed > buffer->layout.part_size)
		return false;
	if (!has_header(&part) && !append_header(buffer, position, packets))
		return false;
	g_byte_array_append(packets, part.bytes, (guint)part.contiguous);
	all = append_behind_hole(&buffer->layout, &part, numbers,
				 field(packets->data + start, BEGIN_AT), end_ns, packets);
	if (packets->len - start <= HEADER_SIZE)
		g_byte_array_set_size(packets, start);
	else
		finish_header(packets->data + start, packets->len - start, end_ns, discarded);
	return all;
}

bool ring_buffer_packets(struct ring_buffer *buffer, const struct event_numbers *numbers,
			 uint64_t discarded, GByteArray *packets)
{
	const struct layout *layout = &buffer->layout;
	uint64_t position;
	bool all = true;

	for (position = buffer->consumed; position < buffer->produced;
	     position += layout->part_size) {
		struct part part = part_at(buffer, position);

		if (is_whole(layout, &part) && lacks_delivery(&part))
			deliver(buffer, position, &part, discarded);
		if (is_whole(layout, &part)) {
			discarded = MAX(discarded, field(part.bytes, DISCARDED_AT));
			set_field(bytes_of(buffer, &part), DISCARDED_AT, discarded);
			append_whole(layout, &part, packets);
		} else if (!append_with_holes(buffer, position, numbers, discarded, packets)) {
			all = false;
		}
	}
	return all;
}

void ring_buffer_let_go(const struct ring_buffer *buffer, int fd)
{
	/* failing costs only time */
	(void)!pwrite(fd, &buffer->produced, WORD, buffer->layout.at.consumed);
}

/* The header of the packet at `at`; returns where the next one begins, or 0 when there
 * is none. */
static off_t read_packet_header(int fd, off_t at, uint8_t header[HEADER_SIZE])
{
	uint64_t size;

	if (pread(fd, header, HEADER_SIZE, at) != HEADER_SIZE)
		return 0;
	size = field(header, PACKET_SIZE_AT) / CHAR_BIT;
	return size < HEADER_SIZE || size > LARGEST ? 0 : at + (off_t)size;
}

uint64_t packets_discarded(int fd)
{
	uint8_t header[HEADER_SIZE];
	uint64_t discarded = 0;

	for (off_t at = 0; (at = read_packet_header(fd, at, header)) != 0;)
		discarded = field(header, DISCARDED_AT);
	return discarded;
}

bool packets_hold_events(int fd)
{
	uint8_t header[HEADER_SIZE];

	for (off_t at = 0; (at = read_packet_header(fd, at, header)) != 0;)
		if (field(header, CONTENT_SIZE_AT) > HEADER_SIZE * CHAR_BIT)
			return true;
	return false;
}
