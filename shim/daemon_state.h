/* SPDX-License-Identifier: MIT */
/* Is the session daemon at work?  Compiled into both libraries. */
#ifndef DLSCOPE_DAEMON_STATE_H
#define DLSCOPE_DAEMON_STATE_H

#include <stdbool.h>

/* Is the process stopped, by a signal or a debugger?  `pid` in decimal, as DLSCOPE_DAEMON
 * has it.  Uses no function that a sanitizer's runtime or the program might define; may
 * change errno. */
bool dlscope_daemon_is_stopped(const char *pid) __attribute__((visibility("hidden")));

#endif
