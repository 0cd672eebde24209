/* SPDX-License-Identifier: MIT */
/* The sockets of session daemons: see daemon_sockets.h. */
#include "daemon_sockets.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lttng_protocols.h"

#define SOCKET "/lttng-ust-sock-"

static bool append(char *path, size_t size, const char *part)
{
	size_t used = strlen(path);
	if (used + strlen(part) + 1 > size)
		return false;
	strcpy(path + used, part);
	return true;
}

static bool daemon_in(const char *directory, const char *below)
{
	char path[4096] = "";
	if (!directory || !append(path, sizeof path - 2, directory) ||
	    !append(path, sizeof path - 2, below) || access(path, F_OK) != 0 ||
	    !append(path, sizeof path - 2, SOCKET))
		return false;
	char *digits = path + strlen(path);
	for (int number = LTTNG_FIRST_PROTOCOL; number <= LTTNG_LAST_PROTOCOL; number++) {
		digits[0] = number < 10 ? (char)('0' + number) : '1';
		digits[1] = number < 10 ? '\0' : (char)('0' + number - 10);
		digits[2] = '\0';
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

bool daemon_of_system_there(void)
{
	return daemon_in("/var/run/lttng", "");
}

bool daemon_of_user_there(void)
{
	const char *home = secure_getenv("LTTNG_HOME");
	return daemon_in(home ? home : secure_getenv("HOME"), "/.lttng") ||
	       daemon_in(secure_getenv("LTTNG_UST_APP_PATH"), "");
}
