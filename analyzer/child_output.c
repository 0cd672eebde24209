/* SPDX-License-Identifier: MIT */
/*
 * What another program prints, within a time.  It prints into memory, not into a
 * pipe, which a daemon that it leaves behind could hold open.
 */
#include "child_output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "cleanup.h"
#include "text.h"

enum {
	END_SECONDS = 5, /* between SIGTERM and SIGKILL */
	STEPS_PER_SECOND = 200,
	EXIT_NOT_STARTED = 127,
};

static void become(const struct child_plan *plan, int memory)
{
	int null_fd = open("/dev/null", O_RDWR);

	dup2(null_fd, STDIN_FILENO);
	dup2(plan->descriptor == STDOUT_FILENO ? memory : null_fd, STDOUT_FILENO);
	dup2(plan->descriptor == STDERR_FILENO ? memory : null_fd, STDERR_FILENO);
	for (size_t i = 0; plan->unset && plan->unset[i]; i++)
		unsetenv(plan->unset[i]);
	if (plan->set)
		putenv((char *)plan->set);
	execv(plan->path, (char *const *)plan->argv);
	_exit(EXIT_NOT_STARTED);
}

static bool wait_for(pid_t pid, unsigned int seconds, int *status)
{
	const struct timespec step = { .tv_nsec = 1000000000 / STEPS_PER_SECOND };

	for (unsigned int left = seconds * STEPS_PER_SECOND; left; left--) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

static void end(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
	if (wait_for(pid, END_SECONDS, &status))
		return;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static char *read_memory(int memory)
{
	GString *text = g_string_new(NULL);
	char block[4096];
	ssize_t got;
	off_t offset = 0;

	while ((got = pread(memory, block, sizeof(block), offset)) > 0) {
		g_string_append_len(text, block, got);
		offset += got;
	}
	return g_string_free(text, FALSE);
}

struct error *child_output_read(const struct child_plan *plan, struct child_output *output)
{
	_cleanup_close_ int memory = memfd_create("dlscope-child", MFD_CLOEXEC);
	pid_t pid;

	if (memory < 0)
		return error_errno(errno, "cannot get memory for the output of %s", plan->path);
	pid = fork();
	if (pid < 0)
		return error_errno(errno, "cannot start %s", plan->path);
	if (pid == 0)
		become(plan, memory);
	if (!wait_for(pid, plan->seconds, &output->wait_status)) {
		end(pid);
		return error_create("%s has not ended within %u s", text_basename(plan->path),
				    plan->seconds);
	}
	output->text = read_memory(memory);
	return NULL;
}
