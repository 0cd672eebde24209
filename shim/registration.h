/* SPDX-License-Identifier: MIT */
/*
 * How long a process that is recorded waits for its session daemon when it starts.
 *
 * liblttng-ust's constructor waits until the session's events are on, as long as
 * LTTNG_UST_REGISTER_TIMEOUT says, and with as much patience it listens to the daemon
 * afterwards (2.13.5 lttng-ust-comm.c get_timeout): where the daemon of a busy machine
 * is slower than that, the process is not recorded at all.  So `dlscope record` sets
 * 3 s, and here it is made 0.2 s while the daemon is stopped, which nothing else tells.
 */
#ifndef DLSCOPE_REGISTRATION_H
#define DLSCOPE_REGISTRATION_H

/*
 * Sets the text of the variable, where it lies, by the state of the process that
 * DLSCOPE_DAEMON names.  Called before LTTng reads it: at the first hooked call, which
 * is LTTng's own or an earlier one, and in the child of a fork.  Uses no function that a
 * sanitizer's runtime might define, since it may be that one which calls; keeps errno.
 */
void dlscope_limit_registration(void) __attribute__((visibility("hidden")));

#endif
