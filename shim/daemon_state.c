/* SPDX-License-Identifier: MIT */
/* The session daemon's state: see daemon_state.h. */
#include "daemon_state.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The letter behind a process's name in parentheses (proc(5)); 0 when there is none.
 * System calls of our own: open() and close() are the program's. */
static char state_of(const char *pid)
{
	char path[32] = "/proc/", text[128], state = 0;
	size_t size = sizeof "/proc/" - 1;
	for (; *pid >= '0' && *pid <= '9' && size < 20; pid++)
		path[size++] = *pid;
	for (const char *end = "/stat"; *end; end++)
		path[size++] = *end;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	long length = fd < 0 ? 0 : syscall(SYS_read, fd, text, sizeof text);
	if (fd >= 0)
		syscall(SYS_close, fd);
	for (long i = 0; i + 2 < length; i++)
		if (text[i] == ')')
			state = text[i + 2];
	return state;
}

bool dlscope_daemon_is_stopped(const char *pid)
{
	char state = state_of(pid);
	return state == 'T' || state == 't';
}
