/* SPDX-License-Identifier: MIT */
/*
 * What `dlscope record` left beside the trace (recording.h writes it): how the
 * command ended.
 */
#ifndef DLSCOPE_RECORDING_INFO_H
#define DLSCOPE_RECORDING_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct recording_info {
	uint32_t pid;
	int signal;		  /* that killed it, 0 for none */
	int exit_status;	  /* -1: it did not exit, or that is not known */
	int64_t begin_ns, end_ns; /* end_ns 0: it never came to its end */
	bool complete;
	uint32_t *live_pids; /* processes that had not ended when recording did */
	size_t live_count;
};

/* Reads DIR's file.  *found is false when there is none: the trace was not made
 * by record. */
struct error *recording_info_read(const char *dir, struct recording_info *recording, bool *found);
void recording_info_clear(struct recording_info *recording);

bool recording_is_live(const struct recording_info *recording, uint32_t pid);

#endif
