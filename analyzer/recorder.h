/* SPDX-License-Identifier: MIT */
/*
 * Runs a program and records it: what `dlscope record` and `dlscope -- CMD` have
 * in common.
 */
#ifndef DLSCOPE_RECORDER_H
#define DLSCOPE_RECORDER_H

#include <stdbool.h>

#include "options.h"
#include "program.h"

struct recorder_result {
	bool recorded; /* the directory holds a trace */
	struct program_end end;
};

/* Runs options->command and writes its trace to `directory`.  When it cannot be
 * traced, says so on stderr and becomes the program (or, with --strict, does not
 * run it).  Prints its own errors.  Ends with signals still taken over, for
 * the caller to signals_finish(). */
void recorder_run(const struct options *options, const char *directory,
		  struct recorder_result *result);

#endif
