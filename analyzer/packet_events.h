/* SPDX-License-Identifier: MIT */
/*
 * Where in the bytes of a packet events are, and where holes: what processes had
 * reserved that were killed before they wrote it, or while they did.
 *
 * An event is known by its number, its time, and the number of the recording that each
 * of our events holds; the schema then tells where it ends.
 */
#ifndef DLSCOPE_PACKET_EVENTS_H
#define DLSCOPE_PACKET_EVENTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"

/* The events of a trace by their numbers in it. */
struct event_numbers;

/* Reads the trace's metadata; `run` is the number of the recording.  NULL when that
 * cannot be. */
struct event_numbers *event_numbers_read(const char *trace, uint32_t run);
void event_numbers_free(struct event_numbers *numbers);
CLEANUP_FUNCTION(struct event_numbers, event_numbers_free)

struct packet_bytes {
	const uint8_t *bytes;
	size_t size;		   /* up to the end of the last event */
	size_t hole;		   /* where the first one begins, or an event before it */
	size_t missing;		   /* bytes in all holes together */
	uint64_t begin_ns, end_ns; /* no event is of another time */
};

struct range {
	size_t from, to;
};

/* Adds to `ranges` (of struct range) what is behind the first hole and no hole; false
 * when no division into events and holes adds up. */
bool packet_events_find(const struct event_numbers *numbers, const struct packet_bytes *packet,
			GArray *ranges);

#endif
