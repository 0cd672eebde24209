/* SPDX-License-Identifier: MIT */
/*
 * Reads CTF traces through libbabeltrace2: every directory with a `metadata`
 * file below the given ones becomes a source of one graph, and a muxer makes one
 * timeline of them.  Only events of the provider "dlscope" come out.
 */
#ifndef DLSCOPE_TRACE_READER_H
#define DLSCOPE_TRACE_READER_H

#include <babeltrace2/babeltrace.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* An event of the provider, borrowed for the time of the callback. */
struct raw_event {
	const char *name; /* without the provider */
	const char *host; /* "" when the trace does not say */
	int64_t time_ns;  /* since the epoch */
	const bt_event_class *type;
	const bt_field *payload;
};

struct trace_handler {
	/* An event; an error ends the reading and is returned by trace_read(). */
	struct error *(*event)(const struct raw_event *event, void *data);
	/* `count` events or packets were thrown away by the tracer; a count that
	 * the trace does not give comes as 1. */
	void (*lost)(uint64_t count, void *data);
};

/* Reads all traces below `dirs`; an error if there is none.  A trace without an
 * event of the provider is read without complaint: the caller knows what that
 * means to it. */
struct error *trace_read(const char *const *dirs, size_t count, const struct trace_handler *handler,
			 void *data);

#endif
