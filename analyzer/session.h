/* SPDX-License-Identifier: MIT */
/*
 * The recording session in the session daemon (liblttng-ctl).
 */
#ifndef DLSCOPE_SESSION_H
#define DLSCOPE_SESSION_H

#include <stdint.h>

#include "buffers.h"
#include "error.h"

#define SESSION_CHANNEL "dlscope"

struct session_plan {
	const char *name;
	const char *output; /* absolute path of an existing directory */
	uint32_t run;	    /* record only this recording's processes; 0: all */
	struct buffer_plan buffers;
};

/* Makes and starts the session; on failure it is gone. */
struct error *session_start(const struct session_plan *plan);

/* Stops the session and waits until all is on disk that the daemon can deliver.
 * *lost is the number of events for which there was no room. */
struct error *session_stop(const char *name, uint64_t *lost);

/* Then its buffers go. */
struct error *session_destroy(const char *name);

#endif
