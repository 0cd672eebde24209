/* SPDX-License-Identifier: MIT */
/*
 * The program that record runs: finding, starting, waiting for it.
 */
#ifndef DLSCOPE_PROGRAM_H
#define DLSCOPE_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "error.h"

/* How a program ended. */
struct program_end {
	bool signalled;
	int value; /* exit status, or the signal */
};

/* Looks for the program as exec would (PATH).  On failure *status is 126 or 127. */
struct error *program_find(const char *name, char **path, int *status);

/* Starts it in our own process group, with signals as they were before
 * signals_take_over().  On failure *status is 125, 126 or 127. */
struct error *program_start(char *const *argv, char *const *environment, pid_t *pid, int *status);

/* Becomes the program; returns only on failure. */
struct error *program_become(char *const *argv, int *status);

/* Waits, handing signals on and stopping with the program when it is stopped. */
struct program_end program_wait(pid_t pid);

/* The exit status that says the same; does not return when the program was
 * killed by a signal, unless that fails. */
int program_mimic(const struct program_end *end);

#endif
