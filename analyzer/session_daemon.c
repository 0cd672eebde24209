/* SPDX-License-Identifier: MIT */
/*
 * The session daemon a recording uses: chooses the kind.
 */
#include "session_daemon.h"

#include <stdio.h>

#include "daemon_process.h"

struct error *session_daemon_acquire(struct session_daemon **out)
{
	struct session_daemon *daemon = calloc(1, sizeof(*daemon));
	char self[PROCESS_ID_TEXT_SIZE];
	struct error *err;

	if (!daemon)
		return error_no_memory();
	process_id_format(process_id_of(getpid()), '-', self);
	snprintf(daemon->session_name, sizeof(daemon->session_name), "dlscope-%s", self);
	daemon->run_fd = -1;
	daemon->log_fd = daemon_log_open();
	daemon->shared = getuid() == 0; /* as lttng-sessiond and liblttng-ctl ask */
	err = daemon->shared ? shared_daemon_acquire(daemon) : private_daemon_acquire(daemon);
	if (err) {
		session_daemon_release(daemon);
		return err;
	}
	*out = daemon;
	return NULL;
}

pid_t session_daemon_pid(const struct session_daemon *daemon)
{
	return daemon->shared ? shared_daemon_pid() : daemon->process.pid;
}

bool session_daemon_has_triggers(const struct session_daemon *daemon)
{
	return daemon->shared && shared_daemon_has_triggers();
}

void session_daemon_release(struct session_daemon *daemon)
{
	if (daemon->shared)
		shared_daemon_release(daemon);
	else
		private_daemon_release(daemon);
	if (daemon->log_fd >= 0)
		close(daemon->log_fd);
	free(daemon);
}
