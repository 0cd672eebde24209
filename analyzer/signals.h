/* SPDX-License-Identifier: MIT */
/*
 * Signals while a program runs under record.
 *
 * They are blocked and taken one at a time (sigtimedwait), so no code of ours
 * runs in a handler, and clean-up cannot be interrupted half-way.
 */
#ifndef DLSCOPE_SIGNALS_H
#define DLSCOPE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* Blocks what record takes itself; remembers what was there before. */
void signals_take_over(void);

/* Puts everything back; what is pending then takes its effect.  For a child
 * before exec, and for ourselves before we become the program. */
void signals_restore(void);

/* Forgets what is pending and puts everything back.  For the end: the Ctrl-C that
 * ended the program must not end us as well, our status is the program's. */
void signals_finish(void);

/* A signal that asks record to end and is pending (or was taken) before the
 * program runs; 0 when there is none. */
int signals_asked_to_end(void);

/* Waits for the next signal, at most `milliseconds` (-1: for ever); false when
 * the time is over. */
bool signals_wait(siginfo_t *info, int milliseconds);

/* Hands a signal that record received to the program. */
void signals_forward(const siginfo_t *info, pid_t program);

/* Ends this process by the signal, without a core file; returns the status to
 * exit with when the signal did not do it. */
int signals_die_of(int signal_number);

#endif
