/* SPDX-License-Identifier: MIT */
/*
 * The session daemon a recording uses: a private one, or for root the one of the
 * machine.
 *
 * lttng-tools 2.13 puts an ordinary user's daemon below $LTTNG_HOME, so every
 * recording has its own.  Root's always takes the system's run directory and
 * refuses to be a second one, so recordings share it: each has a session of its
 * own name there, and the last one ends a daemon that dlscope started.
 */
#ifndef DLSCOPE_SESSION_DAEMON_H
#define DLSCOPE_SESSION_DAEMON_H

#include <stdbool.h>

#include "cleanup.h"
#include "error.h"
#include "process_id.h"
#include "scratch.h"

enum { SESSION_NAME_SIZE = 80 };

struct session_daemon {
	char session_name[SESSION_NAME_SIZE]; /* to use; no other recording has it */
	const char *lttng_home;		      /* for the programs to trace; NULL when shared */
	bool shared;			      /* other recordings' programs register here as well */
	int log_fd;			      /* what a daemon that we started has printed, or -1 */

	struct process_id process; /* private one */
	struct scratch *scratch;
	int run_fd; /* shared one: locked while this recording lives */
};

/* Starts or joins one, and sweeps away what dead recordings left. */
struct error *session_daemon_acquire(struct session_daemon **out);

/* Its process; 0 when that is not known, which may be of a shared one. */
pid_t session_daemon_pid(const struct session_daemon *daemon);

/* Has somebody given it triggers (lttng-add-trigger(1))?  Yes when it does not say. */
bool session_daemon_has_triggers(const struct session_daemon *daemon);

/* Ends or leaves it, and frees. */
void session_daemon_release(struct session_daemon *daemon);
CLEANUP_FUNCTION(struct session_daemon, session_daemon_release)

/* The two kinds (private_daemon.c, shared_daemon.c). */
struct error *private_daemon_acquire(struct session_daemon *daemon);
void private_daemon_release(struct session_daemon *daemon);
struct error *shared_daemon_acquire(struct session_daemon *daemon);
void shared_daemon_release(struct session_daemon *daemon);
pid_t shared_daemon_pid(void);
bool shared_daemon_has_triggers(void);

#endif
