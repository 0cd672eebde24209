/* SPDX-License-Identifier: MIT */
/*
 * Processes of a recording that outlive the program: they inherited the number
 * of the recording in their environment.
 */
#include "live_pids.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "files.h"
#include "process_id.h"

static bool environment_has(const char *pid, const char *assignment)
{
	_cleanup_free_ char *path = text_format("/proc/%s/environ", pid), *variable = NULL;
	_cleanup_fclose_ FILE *file = path ? fopen(path, "re") : NULL;
	size_t size = 0;

	while (file && getdelim(&variable, &size, '\0', file) > 0)
		if (strcmp(variable, assignment) == 0)
			return true;
	return false;
}

size_t live_pids_find(uint32_t run, pid_t *pids, size_t capacity)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *entry;
	char assignment[32];
	size_t count = 0;

	snprintf(assignment, sizeof(assignment), "DLSCOPE_RUN=%u", run);
	while (proc && count < capacity && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    environment_has(entry->d_name, assignment) &&
		    process_id_alive(process_id_of(atoi(entry->d_name))))
			pids[count++] = atoi(entry->d_name);
	return count;
}
