/* SPDX-License-Identifier: MIT */
/*
 * Processes of a recording that outlive the program.
 */
#ifndef DLSCOPE_LIVE_PIDS_H
#define DLSCOPE_LIVE_PIDS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Finds the processes that were started with DLSCOPE_RUN=run in their
 * environment, as far as we may look; returns how many, at most `capacity`. */
size_t live_pids_find(uint32_t run, pid_t *pids, size_t capacity);

#endif
