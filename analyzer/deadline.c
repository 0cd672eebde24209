/* SPDX-License-Identifier: MIT */
/*
 * Calls that may never return.
 */
#include "deadline.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct call {
	struct error *(*function)(void *);
	void *argument;
};

/* After one call was given up liblttng-ctl, which keeps its socket in a static
 * variable, must not be entered again. */
static bool given_up;

static void *run_call(void *data)
{
	struct call *call = data;

	return call->function(call->argument);
}

struct error *deadline_run(struct error *(*function)(void *), void *argument, unsigned int seconds,
			   const char *what)
{
	struct call *call = malloc(sizeof(*call));
	struct timespec deadline;
	pthread_t thread;
	void *result;

	if (given_up || !call) {
		free(call);
		return given_up ? error_create("%s: skipped", what) : error_no_memory();
	}
	*call = (struct call){ function, argument };
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += seconds;
	if (pthread_create(&thread, NULL, run_call, call) != 0) {
		free(call);
		return error_create("%s: cannot start a thread", what);
	}
	if (pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &deadline) != 0) {
		given_up = true;
		pthread_detach(thread);
		return error_create("%s: the session daemon has not answered for %u s", what,
				    seconds);
	}
	free(call);
	return result;
}
