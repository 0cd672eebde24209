/* SPDX-License-Identifier: MIT */
/*
 * Calls that may never return.
 *
 * liblttng-ctl 2.13 waits without limit for the daemon's answer; a daemon that
 * is stopped or stuck must not hang the program that somebody wanted to run.
 */
#ifndef DLSCOPE_DEADLINE_H
#define DLSCOPE_DEADLINE_H

#include "error.h"

/* Runs function(argument) in a thread.  When the time is over it is given up:
 * an error that names `what` is returned, the thread stays behind, and the
 * argument must stay valid for ever.  One call at a time. */
struct error *deadline_run(struct error *(*function)(void *), void *argument, unsigned int seconds,
			   const char *what);

#endif
