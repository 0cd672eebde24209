/* SPDX-License-Identifier: MIT */
/* Waiting for the session daemon: see registration.h. */
#include "registration.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "settings.h"
#include "trace.h"

enum { WAIT_MILLISECONDS = 3000, STEP_MILLISECONDS = 2 };

/* Writes /proc/PID/stat at the end of `text`; returns where it begins. */
static const char *stat_file(uint32_t pid, char *text, size_t size)
{
	static const char begin[] = { '/', 'p', 'r', 'o', 'c', '/' }, end[] = "/stat";
	char *at = text + size - sizeof end;
	memcpy(at, end, sizeof end);
	do
		*--at = (char)('0' + pid % 10);
	while ((pid /= 10) != 0);
	return memcpy(at - sizeof begin, begin, sizeof begin);
}

/* The state of a process, the letter behind its name in parentheses (proc(5)); 0 when
 * there is none.  System calls of our own: open() and close() are the program's. */
static char state_of(uint32_t pid)
{
	char path[32], text[128];
	int fd = (int)syscall(SYS_openat, AT_FDCWD, stat_file(pid, path, sizeof path),
			      O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t length = syscall(SYS_read, fd, text, sizeof text - 1);
	syscall(SYS_close, fd);
	const char *name_end = length > 0 ? memrchr(text, ')', (size_t)length) : NULL;
	return name_end && name_end + 2 < text + length ? name_end[2] : 0;
}

static bool is_running(uint32_t pid)
{
	char state = state_of(pid);
	return state && !strchr("TtZX", state);
}

void registration_wait(void)
{
	const struct timespec step = { 0, STEP_MILLISECONDS * 1000000 };
	if (settings.daemon == 0 || settings.recorder == 0)
		return;
	for (unsigned waited = 0; waited < WAIT_MILLISECONDS && !trace_on(EVENT_process_begin);
	     waited += STEP_MILLISECONDS) {
		if (!is_running(settings.daemon) || !is_running(settings.recorder))
			return;
		/* no cancellation point, in the child of a fork */
		syscall(SYS_nanosleep, &step, NULL);
	}
}
