/* SPDX-License-Identifier: MIT */
/*
 * dlscope record: runs a program and leaves its trace in a directory.
 *
 * The exit status is the program's (killed by a signal: ours is the same
 * signal); 125, 126 and 127 are those of env(1).
 */
#include "command.h"
#include "recorder.h"
#include "signals.h"

#define DEFAULT_DIRECTORY "dlscope.data"

int cmd_record(const struct options *options)
{
	struct recorder_result result;

	recorder_run(options, options->output ? options->output : DEFAULT_DIRECTORY, &result);
	signals_finish();
	return program_mimic(&result.end);
}
