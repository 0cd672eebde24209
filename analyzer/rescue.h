/* SPDX-License-Identifier: MIT */
/*
 * Saves the events that a process which was killed while it wrote one holds up in
 * LTTng's buffers (ring_buffer.h).
 *
 * The buffers are in shared memory that only the consumer daemon has left; it is read
 * there.  What is saved becomes one more file of the stream in the trace, once the
 * trace's reader has read it without complaint.
 */
#ifndef DLSCOPE_RESCUE_H
#define DLSCOPE_RESCUE_H

#include <stdbool.h>
#include <stdint.h>

/* To be called when the session was stopped and all is on disk that the daemon can
 * deliver, before the buffers go.  `run` is the recording's number.  False when events are missing all the same. */
bool rescue_held_up(const char *recording, uint32_t run);

#endif
