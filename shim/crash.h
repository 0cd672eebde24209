/* SPDX-License-Identifier: MIT */
/*
 * Where a process was when a signal ended it: opt-in, by DLSCOPE_CRASH.
 */
#ifndef DLSCOPE_CRASH_H
#define DLSCOPE_CRASH_H

/* Puts handlers where the default action would end the process; called by the
 * constructor. */
void crash_prepare(void);

#endif
