/* SPDX-License-Identifier: MIT */
/*
 * A daemon of our own below a scratch directory (ordinary users).
 */
#include <errno.h>

#include <lttng/lttng.h>

#include "daemon_process.h"
#include "session_daemon.h"

enum {
	/* "/.lttng/ustconsumerd64/command" is the longest that lttng-tools 2.13
	 * makes below LTTNG_HOME; some room for its successors. */
	LONGEST_SOCKET = 44,
};

/* liblttng-ctl looks for the daemon at each call, first (for members of the
 * group "tracing") the system's.  Naming a group nobody can be in turns that
 * off. */
static struct error *point_library_to(const char *lttng_home)
{
	if (setenv("LTTNG_HOME", lttng_home, 1) < 0)
		return error_errno(errno, "cannot set LTTNG_HOME");
	if (lttng_set_tracing_group("dlscope:none") < 0)
		return error_no_memory();
	return NULL;
}

struct error *private_daemon_acquire(struct session_daemon *daemon)
{
	struct daemon_setting setting = { .dies_with_us = true, .log_fd = daemon->log_fd };

	RETURN_IF_ERROR(scratch_create(SCRATCH_FOR_SOCKETS, LONGEST_SOCKET, &daemon->scratch));
	setting.lttng_home = daemon->lttng_home = daemon->scratch->path;
	RETURN_IF_ERROR(daemon_process_start(&setting, &daemon->process));
	RETURN_IF_ERROR(scratch_note_process(daemon->scratch, daemon->process));
	return point_library_to(daemon->lttng_home);
}

void private_daemon_release(struct session_daemon *daemon)
{
	/* By now everything is on disk and only the scratch directory is left to
	 * clean, which we do: the daemon's own orderly end takes half a second. */
	process_id_kill(daemon->process);
	scratch_remove(daemon->scratch);
}
