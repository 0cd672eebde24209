/* SPDX-License-Identifier: MIT */
/*
 * The start of a process that is recorded: not before the session's events are on.
 */
#ifndef DLSCOPE_REGISTRATION_H
#define DLSCOPE_REGISTRATION_H

/*
 * Waits for that, at most 3 s, as long as the recorder lives and its session daemon is
 * running.  liblttng-ust has waited 200 ms when it is called, which is all that a daemon
 * that is stopped may cost; a machine under load takes longer, and a process that does
 * not wait is not in the trace.  Not on the hook path: constructor, and child of a fork.
 */
void registration_wait(void);

#endif
