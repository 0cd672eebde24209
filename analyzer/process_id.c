/* SPDX-License-Identifier: MIT */
/*
 * Processes named by pid and start time.
 */
#include "process_id.h"

#include <ctype.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "cleanup.h"
#include "files.h"

struct process_stat {
	char state;
	pid_t parent;
	uint64_t start_time;
};

static bool read_stat(pid_t pid, struct process_stat *stat)
{
	char path[64], text[1024];
	const char *rest;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	/* The name in parentheses may itself hold blanks and parentheses. */
	if (!files_read_text(path, text, sizeof(text)) || !(rest = strrchr(text, ')')))
		return false;
	return sscanf(rest + 1,
		      " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d"
		      " %" SCNu64,
		      &stat->state, &stat->parent, &stat->start_time) == 3;
}

struct process_id process_id_of(pid_t pid)
{
	struct process_stat stat;

	if (pid <= 0 || !read_stat(pid, &stat))
		return (struct process_id){ 0 };
	return (struct process_id){ pid, stat.start_time };
}

bool process_id_alive(struct process_id process)
{
	struct process_stat stat;

	return process.pid > 0 && read_stat(process.pid, &stat) &&
	       stat.start_time == process.start_time && stat.state != 'Z' && stat.state != 'X';
}

/* A pidfd of that very process, or -1. */
static int open_process(struct process_id process)
{
	int fd = (int)syscall(SYS_pidfd_open, process.pid, 0);

	if (fd >= 0 && !process_id_alive(process)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void signal_process(int pidfd, int signal_number)
{
	syscall(SYS_pidfd_send_signal, pidfd, signal_number, NULL, 0);
}

enum { MOST_DESCENDANTS = 64 };

/* Processes that must all be gone; the first is the one that was named. */
struct family {
	pid_t pids[MOST_DESCENDANTS];
	int pidfds[MOST_DESCENDANTS];
	size_t count;
};

static void add_member(struct family *family, struct process_id process)
{
	int pidfd = family->count < MOST_DESCENDANTS ? open_process(process) : -1;

	if (pidfd < 0)
		return;
	family->pids[family->count] = process.pid;
	family->pidfds[family->count++] = pidfd;
}

static void add_children(struct family *family, pid_t parent)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		struct process_stat stat;
		pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;

		if (pid > 0 && read_stat(pid, &stat) && stat.parent == parent)
			add_member(family, (struct process_id){ pid, stat.start_time });
	}
}

static void open_family(struct family *family, struct process_id process)
{
	family->count = 0;
	add_member(family, process);
	for (size_t i = 0; i < family->count; i++)
		add_children(family, family->pids[i]);
}

static int milliseconds_until(const struct timespec *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t left = (deadline->tv_sec - now.tv_sec) * 1000 +
		       (deadline->tv_nsec - now.tv_nsec) / 1000000;
	return left > 0 ? (int)left : 0;
}

/* A pidfd becomes readable when its process has ended. */
static void await_end(int pidfd, const struct timespec *deadline)
{
	struct pollfd poll_end = { .fd = pidfd, .events = POLLIN };

	if (poll(&poll_end, 1, milliseconds_until(deadline)) > 0)
		return;
	signal_process(pidfd, SIGKILL);
	poll(&poll_end, 1, 1000);
}

static void await_family(struct family *family, unsigned int seconds)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += seconds;
	/* Parents stand before their children: see process_id_kill(). */
	for (size_t i = 0; i < family->count; i++) {
		await_end(family->pidfds[i], &deadline);
		close(family->pidfds[i]);
		waitpid(family->pids[i], NULL, WNOHANG); /* when it is a child of ours */
	}
}

void process_id_end(struct process_id process, unsigned int seconds)
{
	struct family family;

	open_family(&family, process);
	if (family.count) {
		signal_process(family.pidfds[0], SIGTERM);
		signal_process(family.pidfds[0], SIGCONT); /* a stopped one takes no SIGTERM */
	}
	await_family(&family, seconds);
}

void process_id_kill(struct process_id process)
{
	struct family family;

	/* Orphans of the killed come to us for a while: in many containers process 1
	 * does not reap, and they would stay as zombies. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	open_family(&family, process);
	for (size_t i = 0; i < family.count; i++)
		signal_process(family.pidfds[i], SIGKILL);
	await_family(&family, 1);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

void process_id_format(struct process_id process, char separator, char *text)
{
	snprintf(text, PROCESS_ID_TEXT_SIZE, "%d%c%" PRIu64, (int)process.pid, separator,
		 process.start_time);
}

struct process_id process_id_parse(const char *text, char separator)
{
	struct process_id process;
	char between;

	if (sscanf(text, "%d%c%" SCNu64, &process.pid, &between, &process.start_time) != 3 ||
	    between != separator || process.pid <= 0)
		return (struct process_id){ 0 };
	return process;
}
