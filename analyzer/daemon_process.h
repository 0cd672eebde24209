/* SPDX-License-Identifier: MIT */
/*
 * Starting an lttng-sessiond and waiting until it is ready.
 */
#ifndef DLSCOPE_DAEMON_PROCESS_H
#define DLSCOPE_DAEMON_PROCESS_H

#include <stdbool.h>

#include "error.h"
#include "process_id.h"

struct daemon_setting {
	const char *lttng_home; /* NULL: the system's daemon (root) */
	bool dies_with_us;	/* SIGTERM to it when we are killed */
	int log_fd;		/* what it prints */
	const char *note;	/* file for its "PID START_TIME", there before it begins; or NULL */
};

/* The lttng-sessiond on PATH, or in its usual place: an environment without PATH
 * is no reason not to trace. */
struct error *daemon_process_find(char **path);

/* On failure no process is left. */
struct error *daemon_process_start(const struct daemon_setting *setting,
				   struct process_id *process);

/* An unnamed file for setting.log_fd, which a full disk does not hinder; -1
 * when there is none to be had. */
int daemon_log_open(void);

/* Copies the first line of the log that holds `word`; false when none does. */
bool daemon_log_find(int log_fd, const char *word, char *line, size_t size);

#endif
