/* SPDX-License-Identifier: MIT */
/*
 * The verbs: one row each in commands.def, one function each in cmd_<verb>.c.
 */
#ifndef DLSCOPE_COMMAND_H
#define DLSCOPE_COMMAND_H

#include "options.h"

/* Exit statuses (the same for every verb but record, see cmd_record.c). */
enum { EXIT_OK = 0, EXIT_NEGATIVE = 1, EXIT_TROUBLE = 2 };

/* Statuses of record and of the verb-less form, as env(1) has them. */
enum { EXIT_OWN_FAILURE = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/* Runs one verb on parsed options and returns the exit status.  Errors have
 * been printed when it returns. */
typedef int command_fn(const struct options *options);

#define COMMAND(verb, function, summary) command_fn function;
#include "commands.def"
#undef COMMAND

#endif
