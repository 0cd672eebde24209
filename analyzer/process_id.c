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

static size_t open_children(pid_t parent, int *pidfds, size_t capacity)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	while (proc && count < capacity && (entry = readdir(proc))) {
		struct process_stat stat;
		pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;

		if (pid <= 0 || !read_stat(pid, &stat) || stat.parent != parent)
			continue;
		pidfds[count] = open_process((struct process_id){ pid, stat.start_time });
		if (pidfds[count] >= 0)
			count++;
	}
	return count;
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

void process_id_end(struct process_id process, unsigned int seconds)
{
	enum { MOST_CHILDREN = 16 };
	_cleanup_close_ int pidfd = open_process(process);
	int children[MOST_CHILDREN];
	size_t child_count;
	struct timespec deadline;

	if (pidfd < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += seconds;
	child_count = open_children(process.pid, children, MOST_CHILDREN);
	signal_process(pidfd, SIGTERM);
	signal_process(pidfd, SIGCONT); /* a stopped process takes no SIGTERM */
	await_end(pidfd, &deadline);
	for (size_t i = 0; i < child_count; i++) {
		await_end(children[i], &deadline);
		close(children[i]);
	}
	waitpid(process.pid, NULL, WNOHANG); /* when it was a child of ours */
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
