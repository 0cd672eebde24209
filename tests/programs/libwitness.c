/* SPDX-License-Identifier: MIT */
/* Says that its load was reached, with one system call and nothing in between. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void witness(void)
{
	const char *log = getenv("DIE_RANDOMLY_LOG");
	const char *stop = getenv("DIE_RANDOMLY_STOP");
	char line[16];
	int fd = log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CLOEXEC)
		     : -1;

	snprintf(line, sizeof(line), "%7d\n", (int)getpid());
	if (fd >= 0) {
		syscall(SYS_write, fd, line, strlen(line));
		syscall(SYS_close, fd);
	}
	while (stop && *stop == '1')
		pause();
}
