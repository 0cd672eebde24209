/* SPDX-License-Identifier: MIT */
/*
 * LTTng's rendezvous in shared memory.
 *
 * lttng-ust makes /dev/shm/lttng-ust-wait-N (for the system's daemon) and -N-UID
 * (for the user's; N as lttng_protocols.h has it), one page each in which programs wait for a daemon to
 * come, and never removes them.  They are removed here when no process maps them:
 * whoever needs one next makes it anew.  While one is mapped it must stay, or the
 * programs that wait there would never hear of a daemon.
 *
 * An ordinary user cannot see who else maps the one that is common to all, and
 * removes it only when it was not there before.
 */
#include "wait_memory.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "files.h"
#include "lttng_protocols.h"

#define COMMON "/dev/shm/lttng-ust-wait-%u"

static bool common_was_there[LTTNG_LAST_PROTOCOL + 1];

void wait_memory_note(void)
{
	unsigned int protocol;

	for (protocol = LTTNG_FIRST_PROTOCOL; protocol <= LTTNG_LAST_PROTOCOL; protocol++) {
		_cleanup_free_ char *common = text_format(COMMON, protocol);

		common_was_there[protocol] = common && access(common, F_OK) == 0;
	}
}

static bool process_maps(const char *pid, const char *name)
{
	_cleanup_free_ char *path = text_format("/proc/%s/maps", pid), *line = NULL;
	_cleanup_fclose_ FILE *maps = path ? fopen(path, "re") : NULL;
	size_t size = 0, length = strlen(name);
	ssize_t got;

	while (maps && (got = getline(&line, &size, maps)) > 0) {
		line[--got] = '\0';
		if ((size_t)got > length && strcmp(line + got - length, name) == 0)
			return true;
	}
	return false;
}

static bool anybody_maps(const char *name)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) && process_maps(entry->d_name, name))
			return true;
	return !proc;
}

static void sweep(const char *name)
{
	struct stat status;

	if (lstat(name, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
	    !anybody_maps(name))
		unlink(name);
}

static void sweep_protocol(unsigned int protocol)
{
	_cleanup_free_ char *common = text_format(COMMON, protocol);
	_cleanup_free_ char *own = text_format(COMMON "-%u", protocol, (unsigned int)geteuid());

	if (own)
		sweep(own);
	if (common && (geteuid() == 0 || !common_was_there[protocol]))
		sweep(common);
}

void wait_memory_sweep(void)
{
	unsigned int protocol;

	for (protocol = LTTNG_FIRST_PROTOCOL; protocol <= LTTNG_LAST_PROTOCOL; protocol++)
		sweep_protocol(protocol);
}
