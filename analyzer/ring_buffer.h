/* SPDX-License-Identifier: MIT */
/*
 * What is in an LTTng ring buffer and was not delivered.
 *
 * A program writes an event in two steps: it reserves room, and commits it.  One that is
 * killed in between leaves a hole.  The sub-buffer with the hole never counts as whole,
 * so the consumer daemon waits for it for ever, and what all programs of the user wrote
 * on that CPU afterwards stays behind it (lttng-ust 2.13, ring_buffer_frontend.c,
 * lib_ring_buffer_get_subbuf(); 2.15 mends it itself, and has another layout).  The same
 * befalls a sub-buffer that is whole, when the program that has committed the last of it
 * is killed before it has delivered it: it has to write to the packet's header, on a page
 * that it may see there for the first time.
 *
 * The buffer describes itself for lttng-crash (struct lttng_crash_abi 0.0).  That tells
 * where the events before the first hole end, and how much is missing in all holes.
 */
#ifndef DLSCOPE_RING_BUFFER_H
#define DLSCOPE_RING_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "packet_events.h"

struct ring_buffer;

/* A copy of the buffer in the file, which nobody writes to any more, when a sub-buffer
 * that was not delivered holds up what is behind; NULL when none does, or it is no buffer
 * of a known layout. */
struct ring_buffer *ring_buffer_held_up(int fd);
void ring_buffer_free(struct ring_buffer *buffer);
CLEANUP_FUNCTION(struct ring_buffer, ring_buffer_free)

/* Who it belongs to: the trace's UUID (NULL: nobody knows), and the number of the
 * stream. */
enum { TRACE_UUID_SIZE = 16 };
const uint8_t *ring_buffer_trace(const struct ring_buffer *buffer);
uint64_t ring_buffer_stream(const struct ring_buffer *buffer);

/* True when programs had to throw events away, because all of it was in use. */
bool ring_buffer_is_full(const struct ring_buffer *buffer);

/* Adds the packets that were held up, in their order, without the holes.  `discarded`
 * is what the stream's packet before has counted.  False when events are missing. */
bool ring_buffer_packets(struct ring_buffer *buffer, const struct event_numbers *numbers,
			 uint64_t discarded, GByteArray *packets);

/* Says in the buffer itself that all was consumed: the daemon (2.13.9) would take ten
 * seconds to end with one that is held up. */
void ring_buffer_let_go(const struct ring_buffer *buffer, int fd);

/* What the last packet in a file of a stream has counted as discarded; 0 for none. */
uint64_t packets_discarded(int fd);

/* Is there an event in a file of a stream? */
bool packets_hold_events(int fd);

#endif
