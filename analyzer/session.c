/* SPDX-License-Identifier: MIT */
/*
 * The recording session in the session daemon.
 *
 * Buffers are per user: programs start faster than with per-process buffers, and
 * what a killed process wrote is kept.  They discard what does not fit: blocking
 * would stall a program that holds the loader's lock or the GIL.
 */
#include "session.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <lttng/lttng.h>

#include "cleanup.h"
#include "deadline.h"

#define EVENTS "dlscope:*"

enum { START_SECONDS = 10, FINISH_SECONDS = 120 };

CLEANUP_FUNCTION(struct lttng_session_descriptor, lttng_session_descriptor_destroy)
CLEANUP_FUNCTION(struct lttng_handle, lttng_destroy_handle)
CLEANUP_FUNCTION(struct lttng_channel, lttng_channel_destroy)
CLEANUP_FUNCTION(struct lttng_event, lttng_event_destroy)

#define _cleanup_handle_ _cleanup_(cleanup_lttng_destroy_handle)

static const struct lttng_domain user_space = {
	.type = LTTNG_DOMAIN_UST,
	.buf_type = LTTNG_BUFFER_PER_UID,
};

static struct error *lttng_error(int code, const char *what)
{
	return error_create("cannot %s: LTTng says: %s", what, lttng_strerror(code));
}

static struct error *create_session(const struct session_plan *plan)
{
	_cleanup_(cleanup_lttng_session_descriptor_destroy) struct lttng_session_descriptor
		*descriptor = lttng_session_descriptor_local_create(plan->name, plan->output);
	enum lttng_error_code code;

	if (!descriptor)
		return error_create("LTTng cannot write to a directory named %s", plan->output);
	code = lttng_create_session_ext(descriptor);
	return code == LTTNG_OK ? NULL : lttng_error(-(int)code, "create the session");
}

static struct error *enable_channel(struct lttng_handle *handle, const struct buffer_plan *buffers)
{
	struct lttng_domain domain = user_space;
	_cleanup_(cleanup_lttng_channel_destroy) struct lttng_channel *channel =
		lttng_channel_create(&domain);
	int code;

	if (!channel)
		return error_no_memory();
	strcpy(channel->name, SESSION_CHANNEL);
	channel->enabled = 1;
	channel->attr.overwrite = 0;
	channel->attr.subbuf_size = buffers->subbuf_size;
	channel->attr.num_subbuf = buffers->subbuf_count;
	code = lttng_enable_channel(handle, channel);
	return code < 0 ? lttng_error(code, "make the channel") : NULL;
}

static struct error *enable_events(struct lttng_handle *handle, uint32_t run)
{
	_cleanup_(cleanup_lttng_event_destroy) struct lttng_event *event = lttng_event_create();
	char filter[64];
	int code;

	if (!event)
		return error_no_memory();
	event->type = LTTNG_EVENT_TRACEPOINT;
	event->loglevel_type = LTTNG_EVENT_LOGLEVEL_ALL;
	event->loglevel = -1;
	strcpy(event->name, EVENTS);
	snprintf(filter, sizeof(filter), "run == %u", run);
	code = lttng_enable_event_with_filter(handle, event, SESSION_CHANNEL, run ? filter : NULL);
	return code < 0 ? lttng_error(code, "enable the events") : NULL;
}

static struct error *fill_session(const struct session_plan *plan)
{
	struct lttng_domain domain = user_space;
	_cleanup_handle_ struct lttng_handle *handle = lttng_create_handle(plan->name, &domain);
	int code;

	if (!handle)
		return error_no_memory();
	RETURN_IF_ERROR(enable_channel(handle, &plan->buffers));
	RETURN_IF_ERROR(enable_events(handle, plan->run));
	code = lttng_start_tracing(plan->name);
	return code < 0 ? lttng_error(code, "start the session") : NULL;
}

static struct error *start_now(void *argument)
{
	const struct session_plan *plan = argument;
	struct error *err;

	RETURN_IF_ERROR(create_session(plan));
	err = fill_session(plan);
	if (err)
		lttng_destroy_session(plan->name);
	return err;
}

struct error *session_start(const struct session_plan *plan)
{
	static struct session_plan copy; /* outlives a call that is given up */

	copy = *plan;
	return deadline_run(start_now, &copy, START_SECONDS, "cannot start recording");
}

/* A program killed while it wrote leaves its counter torn, 2^63 and more. */
#define LOST_MOST ((uint64_t)1 << 32)

static uint64_t count_lost(const char *name)
{
	struct lttng_domain domain = user_space;
	_cleanup_handle_ struct lttng_handle *handle = lttng_create_handle(name, &domain);
	struct lttng_channel *channels = NULL;
	int count = handle ? lttng_list_channels(handle, &channels) : 0;
	uint64_t lost = 0;

	for (int i = 0; i < count; i++) {
		uint64_t discarded;

		if (lttng_channel_get_discarded_event_count(&channels[i], &discarded) == 0)
			lost += discarded < LOST_MOST ? discarded : 1;
	}
	free(channels);
	return lost;
}

struct stop {
	const char *name;
	uint64_t lost;
};

static struct error *stop_now(void *argument)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	struct stop *stop = argument;
	int code;

	/* lttng_stop_tracing() would wait as well, but in steps of 200 ms. */
	code = lttng_stop_tracing_no_wait(stop->name);
	if (code < 0 && code != -LTTNG_ERR_TRACE_ALREADY_STOPPED)
		return lttng_error(code, "stop the session");
	while ((code = lttng_data_pending(stop->name)) == 1)
		nanosleep(&pause, NULL);
	if (code < 0)
		return lttng_error(code, "wait for the data");
	stop->lost = count_lost(stop->name);
	return NULL;
}

struct error *session_stop(const char *name, uint64_t *lost)
{
	static struct stop stop; /* outlives a call that is given up */
	struct error *err;

	stop = (struct stop){ .name = name };
	err = deadline_run(stop_now, &stop, FINISH_SECONDS, "cannot finish recording");
	*lost = stop.lost;
	return err;
}

static struct error *destroy_now(void *argument)
{
	/* All is on disk; waiting for the rest would take another 500 ms. */
	int code = lttng_destroy_session_no_wait(argument);

	return code < 0 ? lttng_error(code, "close the session") : NULL;
}

struct error *session_destroy(const char *name)
{
	return deadline_run(destroy_now, (void *)name, FINISH_SECONDS, "cannot close the session");
}
