/* SPDX-License-Identifier: MIT */
/*
 * The command line.  struct options has one member per row of options.def, plus
 * the verb and what follows the options.  Strings are borrowed from argv.
 */
#ifndef DLSCOPE_OPTIONS_H
#define DLSCOPE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"

struct options;
struct command;

/* Default of a COUNT whose meaning depends on the verb or the format. */
#define COUNT_UNSET UINT64_MAX

#define OPTION_TYPE_FLAG   bool
#define OPTION_TYPE_TEXT   const char *
#define OPTION_TYPE_COUNT  uint64_t
#define OPTION_TYPE_TIME   uint64_t
#define OPTION_TYPE_CHOICE const char *

struct options {
	const struct command *verb;

	/* report, events: DIR ...; dir_count is 0 when none was given. */
	const char *const *dirs;
	size_t dir_count;

	/* record, doctor and the verb-less form: CMD and its arguments, NULL at the end;
	 * NULL when none was given. */
	char *const *command;

	/* --help or --version was given: nothing else has been checked. */
	bool help, version;

#define OPTION(field, type, init, long_name, short_name, argument, verbs, text) \
	OPTION_TYPE_##type field;
#include "options.def"
#undef OPTION
};

/* Every option at its default, no verb. */
void options_init(struct options *options);

/* Reads the command line.  On an error options->verb is set as far as it could
 * be found out, so that the caller can choose the exit status. */
struct error *options_parse(int argc, char **argv, struct options *options);

/* True when a usage error of this verb must not be mistaken for a status of the
 * program to run (record and the verb-less form). */
bool options_runs_program(const struct options *options);

/* Runs the verb. */
int options_dispatch(const struct options *options);

/* Help for options->verb, or the overview when it is the verb-less form. */
void options_print_help(const struct options *options, FILE *out);

/* "5us", "1.5ms", "2s", "0" to nanoseconds; false when it is not a time. */
bool options_parse_time(const char *text, uint64_t *ns);

#endif
