/* SPDX-License-Identifier: MIT */
/*
 * The directory a recording is written to: a plain CTF trace, plus a file that
 * tells what was recorded (recording_info.h reads it) and marks the directory as ours.
 *
 * It grows under another name beside its place, so that the final name never
 * holds something half set up, and moves there when the program runs.  The
 * daemon works with directory descriptors and does not mind (lttng-tools 2.13).
 */
#ifndef DLSCOPE_RECORDING_H
#define DLSCOPE_RECORDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cleanup.h"
#include "error.h"
#include "program.h"

#define RECORDING_MARKER "dlscope-recording.json"

/* More processes than this are not named in the marker file. */
enum { RECORDING_LIVE_MAX = 1024 };

struct recording {
	char *path;    /* absolute, the final name */
	char *growing; /* absolute, the name until recording_commit(); then NULL */
	int dir_fd;    /* locked while the recording lives */

	/* what the marker file tells */
	char *const *command;
	pid_t pid;
	int64_t begin_ns, end_ns;
	bool ended, complete;
	struct program_end end;
	uint64_t lost_events;
	pid_t live_pids[RECORDING_LIVE_MAX]; /* processes that outlived the program */
	size_t live_count;
};

/* Refuses what must not be replaced, and places that cannot be written to.
 * *full is set when the only trouble is a full disk. */
struct error *recording_create(const char *path, char *const *command, struct recording **out,
			       bool *full);

/* Gives it its final name; an older recording of that name becomes NAME.old. */
struct error *recording_commit(struct recording *recording);

/* Writes the marker file anew from the members above. */
struct error *recording_write_marker(struct recording *recording);

/* True when the trace holds anything at all. */
bool recording_has_events(const struct recording *recording);

/* True when the file system it is on has no room left. */
bool recording_disk_is_full(const struct recording *recording);

/* Forgets it; removes what was not committed. */
void recording_close(struct recording *recording);
CLEANUP_FUNCTION(struct recording, recording_close)

#endif
