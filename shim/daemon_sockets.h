/* SPDX-License-Identifier: MIT */
/*
 * Which session daemons there are, by their sockets.
 *
 * The places are those where liblttng-ust looks for them (2.13
 * src/lib/lttng-ust/lttng-ust-comm.c): the system-wide one, that of the user in
 * $LTTNG_HOME or $HOME and, from 2.14 on, $LTTNG_UST_APP_PATH.  Which protocol it
 * speaks is not asked: to take one for a daemon that speaks another costs time and no
 * more.
 */
#ifndef DLSCOPE_DAEMON_SOCKETS_H
#define DLSCOPE_DAEMON_SOCKETS_H

#include <stdbool.h>

/* Some system calls each; may change errno. */
bool daemon_of_system_there(void);
bool daemon_of_user_there(void);

#endif
