/* SPDX-License-Identifier: MIT */
/* Limiting the wait for the session daemon: see registration.h. */
#include "registration.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "environment.h"

enum { DIGITS = 4 };
static const char patient[DIGITS + 1] = "3000", brief[DIGITS + 1] = "0200";

/* The state of a process, the letter behind its name in parentheses (proc(5)); 0 when
 * there is none.  `pid` in decimal.  System calls of our own: open() and close() are the
 * program's. */
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

static bool equals(const char *text, const char *digits)
{
	size_t i = 0;
	while (i <= DIGITS && text[i] == digits[i])
		i++;
	return i > DIGITS;
}

void dlscope_limit_registration(void)
{
	int saved_errno = errno;
	const char *daemon = environment_behind("DLSCOPE_DAEMON=");
	char *time = daemon ? environment_behind("LTTNG_UST_REGISTER_TIMEOUT=") : NULL;
	if (!time || !(equals(time, patient) || equals(time, brief)))
		return; /* the user's own */
	char state = state_of(daemon);
	const char *digits = state == 'T' || state == 't' ? brief : patient;
	for (size_t i = 0; i < DIGITS; i++)
		if (time[i] != digits[i])
			time[i] = digits[i];
	errno = saved_errno;
}
