/* SPDX-License-Identifier: MIT */
/*
 * What a process that is recorded leaves out of LTTng's registration.
 *
 * Each program pays for it at its start, some 60 us a message there and back, and
 * `dlscope record` knows what it does not need.  So these are called in place of functions
 * that liblttng-ust imports (2.13 src/lib/lttng-ust/lttng-ust-comm.c,
 * src/common/ustcomm.c), and only where DLSCOPE_RUN says that a recording started the
 * process:
 *
 * shm_open: liblttng-ust runs a thread for the daemon of the system and one for that of
 * the user, and each has memory in which it waits for a daemon that is not there yet.
 * Without that memory it does without the thread.  A recording's own daemon is there, so
 * the other one is left out unless it is there as well: 0.5 ms.
 *
 * sendmsg: LTTng 2.13's daemon makes a group of event notifiers for each program, with
 * counters of their errors, in seven messages, to be ready for triggers (lttng-add-trigger(1)):
 * 0.7 ms.  Not so for programs of the protocol's version 8, LTTng 2.12's, which knows none
 * and is otherwise the same for it (lttng-tools 2.13 ust-app.c ust_app_supports_notifiers()).
 * Where the recording's daemon has no triggers (DLSCOPE_TRIGGERS=0), and there is no
 * other, the program says that it is one.
 */
#ifndef DLSCOPE_REGISTRATION_SHORT_H
#define DLSCOPE_REGISTRATION_SHORT_H

#include <sys/socket.h>
#include <sys/types.h>

/* Reads what they need from the environment, before LTTng has threads.  Uses no function
 * that a sanitizer's runtime might define. */
void registration_look_around(void) __attribute__((visibility("hidden")));

int registration_open_memory(const char *name, int flags, mode_t mode);
ssize_t registration_send(int socket, const struct msghdr *message, int flags);

#endif
