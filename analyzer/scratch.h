/* SPDX-License-Identifier: MIT */
/*
 * A scratch directory: private (0700), locked while its owner lives, and removed
 * by the next run when the owner was killed before it could.
 */
#ifndef DLSCOPE_SCRATCH_H
#define DLSCOPE_SCRATCH_H

#include <stddef.h>

#include "cleanup.h"
#include "error.h"
#include "process_id.h"

struct scratch {
	char *path;
	int lock_fd;
};

enum scratch_place {
	SCRATCH_FOR_SOCKETS, /* $XDG_RUNTIME_DIR, $TMPDIR, /tmp */
	SCRATCH_FOR_DATA,    /* $TMPDIR, /tmp, /var/tmp: may become large */
};

/* Makes one where a name of `longest_name` bytes below it still fits into a
 * socket's address, and sweeps away those of dead owners. */
struct error *scratch_create(enum scratch_place place, size_t longest_name, struct scratch **out);

/* Leaves a note that this process works for the scratch's owner: whoever sweeps
 * the directory ends the process first. */
struct error *scratch_note_process(struct scratch *scratch, struct process_id process);

/* Removes the directory and frees. */
void scratch_remove(struct scratch *scratch);
CLEANUP_FUNCTION(struct scratch, scratch_remove)

#endif
