/* SPDX-License-Identifier: MIT */
/*
 * The machine's daemon, shared by root's recordings.
 *
 * /run/dlscope holds what they know of each other:
 *
 *	lock             flock held while one of them looks around or changes something
 *	daemon           "PID START_TIME" of a daemon that dlscope has started
 *	run-<session>    one per recording, flock held while it lives
 *
 * Whoever finds a run file that nobody locks destroys that session: its owner
 * was killed.  Whoever leaves last ends the daemon, if it is the one in "daemon"
 * and holds nobody else's session.  Then the directory goes as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <lttng/lttng.h>

#include "daemon_process.h"
#include "deadline.h"
#include "files.h"
#include "session_daemon.h"

#define STATE_DIRECTORY "/run/dlscope"
#define LOCK_FILE	STATE_DIRECTORY "/lock"
#define DAEMON_FILE	STATE_DIRECTORY "/daemon"
#define RUN_PREFIX	"run-"

/* Where root's daemon has its sockets (lttng-tools 2.13). */
#define LTTNG_DIRECTORY "/var/run/lttng"

enum {
	LOCK_SECONDS = 30,
	COMMAND_SECONDS = 10,
	END_SECONDS = 10,
};

/* The lock counts only while its file still has the name: the last recording
 * removes it, and a waiter may then hold the lock of a file that is gone. */
static bool lock_is_current(int fd)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && stat(LOCK_FILE, &named) == 0 &&
	       held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

static struct error *lock_state(int *lock_fd)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	time_t deadline = time(NULL) + LOCK_SECONDS;

	while (time(NULL) <= deadline) {
		_cleanup_close_ int fd = -1;

		if (mkdir(STATE_DIRECTORY, 0700) < 0 && errno != EEXIST)
			return error_errno(errno, "cannot make %s", STATE_DIRECTORY);
		fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 && errno != ENOENT)
			return error_errno(errno, "cannot open %s", LOCK_FILE);
		if (fd >= 0 && files_try_lock(fd) && lock_is_current(fd)) {
			*lock_fd = fd;
			fd = -1;
			return NULL;
		}
		nanosleep(&pause, NULL);
	}
	return error_create("another dlscope has held %s for %d s", LOCK_FILE, LOCK_SECONDS);
}

static struct error *destroy_session(void *argument)
{
	_cleanup_free_ char *name = argument;

	lttng_destroy_session(name); /* may be gone already */
	return NULL;
}

/* Removes the run files of dead recordings with their sessions; returns how
 * many live. */
static size_t sweep_runs(void)
{
	_cleanup_closedir_ DIR *dir = opendir(STATE_DIRECTORY);
	struct dirent *entry;
	size_t alive = 0;

	while (dir && (entry = readdir(dir))) {
		_cleanup_close_ int fd = -1;
		char *name;

		if (strncmp(entry->d_name, RUN_PREFIX, strlen(RUN_PREFIX)) != 0)
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 || !files_try_lock(fd)) {
			alive += fd >= 0;
			continue;
		}
		name = strdup(entry->d_name + strlen(RUN_PREFIX));
		if (name && lttng_session_daemon_alive() == 1)
			error_free(deadline_run(destroy_session, name, COMMAND_SECONDS,
						"cannot destroy a dead recording's session"));
		else
			free(name);
		unlinkat(dirfd(dir), entry->d_name, 0);
	}
	return alive;
}

static struct error *write_daemon_file(struct process_id process)
{
	_cleanup_fclose_ FILE *file = fopen(DAEMON_FILE, "we");
	char text[PROCESS_ID_TEXT_SIZE];

	process_id_format(process, ' ', text);
	if (!file || fputs(text, file) == EOF || fflush(file) == EOF)
		return error_errno(errno, "cannot write %s", DAEMON_FILE);
	return NULL;
}

static struct process_id read_daemon_file(void)
{
	char text[PROCESS_ID_TEXT_SIZE];

	if (!files_read_text(DAEMON_FILE, text, sizeof(text)))
		return (struct process_id){ 0 };
	return process_id_parse(text, ' ');
}

static struct error *start_daemon(int log_fd)
{
	bool noted = process_id_alive(read_daemon_file()); /* another, starting or ending */
	struct daemon_setting setting = { .log_fd = log_fd, .note = noted ? NULL : DAEMON_FILE };
	struct process_id process;
	struct error *err;

	RETURN_IF_ERROR(daemon_process_start(&setting, &process));
	err = write_daemon_file(process);
	if (err)
		process_id_end(process, END_SECONDS);
	return err;
}

/* Another daemon holds the machine's place: it is starting, and will be alive, or
 * ending, which takes lttng-sessiond 2.13.9 half a second and more, and will make
 * room. */
static bool another_is_there(int log_fd)
{
	char line[256];

	return (daemon_log_find(log_fd, "another instance is running", line, sizeof(line)) ||
		daemon_log_find(log_fd, "daemon is already running", line, sizeof(line))) &&
	       ftruncate(log_fd, 0) == 0 && lseek(log_fd, 0, SEEK_SET) == 0;
}

static struct error *ensure_daemon(int log_fd)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	struct error *err = NULL;
	int tries;

	for (tries = 0; tries < END_SECONDS * 10; tries++) {
		error_free(err);
		err = NULL;
		if (lttng_session_daemon_alive() == 1)
			return NULL;
		err = start_daemon(log_fd);
		if (!err || !another_is_there(log_fd))
			return err;
		nanosleep(&pause, NULL);
	}
	return err;
}

static struct error *add_run(struct session_daemon *daemon)
{
	_cleanup_free_ char *path = text_format(STATE_DIRECTORY "/" RUN_PREFIX "%s",
						daemon->session_name);

	if (!path)
		return error_no_memory();
	daemon->run_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (daemon->run_fd < 0 || !files_try_lock(daemon->run_fd))
		return error_errno(errno, "cannot make %s", path);
	return NULL;
}

static struct error *list_sessions(void *argument)
{
	struct lttng_session *sessions = NULL;
	int *count = argument;

	*count = lttng_list_sessions(&sessions);
	free(sessions);
	return NULL;
}

/* Other people may have put sessions into a daemon that we started. */
static bool daemon_has_sessions(void)
{
	static int count; /* outlives a call that is given up */
	_cleanup_error_ struct error *err = deadline_run(list_sessions, &count, COMMAND_SECONDS,
							 "cannot list the sessions");

	return !err && count > 0;
}

static void end_daemon_if_unused(void)
{
	struct process_id process = read_daemon_file();

	if (sweep_runs() > 0)
		return;
	if (process_id_alive(process)) {
		if (daemon_has_sessions())
			return;
		process_id_end(process, END_SECONDS);
		rmdir(LTTNG_DIRECTORY); /* the daemon empties it and leaves it */
	}
	unlink(DAEMON_FILE);
	unlink(LOCK_FILE);
	rmdir(STATE_DIRECTORY);
}

struct error *shared_daemon_acquire(struct session_daemon *daemon)
{
	_cleanup_close_ int lock_fd = -1;

	RETURN_IF_ERROR(lock_state(&lock_fd));
	sweep_runs();
	RETURN_IF_ERROR(ensure_daemon(daemon->log_fd));
	return add_run(daemon);
}

pid_t shared_daemon_pid(void)
{
	char text[PROCESS_ID_TEXT_SIZE];

	return files_read_text(LTTNG_DIRECTORY "/lttng-sessiond.pid", text, sizeof(text))
		       ? (pid_t)strtol(text, NULL, 10)
		       : 0;
}

static struct error *count_triggers(void *argument)
{
	struct lttng_triggers *triggers = NULL;
	unsigned *count = argument;

	if (lttng_list_triggers(&triggers) == LTTNG_OK)
		lttng_triggers_get_count(triggers, count);
	lttng_triggers_destroy(triggers);
	return NULL;
}

bool shared_daemon_has_triggers(void)
{
	static unsigned count; /* outlives a call that is given up */
	_cleanup_error_ struct error *err = NULL;

	count = UINT_MAX;
	err = deadline_run(count_triggers, &count, COMMAND_SECONDS, "cannot list the triggers");
	return err || count > 0;
}

void shared_daemon_release(struct session_daemon *daemon)
{
	_cleanup_free_ char *path = text_format(STATE_DIRECTORY "/" RUN_PREFIX "%s",
						daemon->session_name);
	_cleanup_close_ int lock_fd = -1;
	_cleanup_error_ struct error *err = lock_state(&lock_fd);

	if (path && daemon->run_fd >= 0)
		unlink(path);
	if (daemon->run_fd >= 0)
		close(daemon->run_fd);
	if (!err)
		end_daemon_if_unused();
}
