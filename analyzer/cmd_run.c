/* SPDX-License-Identifier: MIT */
/*
 * dlscope -- CMD: record, then report on it.
 *
 * Without -o the trace lives in a scratch directory until the report is printed.
 * The exit status is the program's; a report that fails is told on stderr.
 */
#include "command.h"
#include "files.h"
#include "recorder.h"
#include "scratch.h"
#include "signals.h"

static void report(const struct options *options, const char *directory)
{
	const char *const dirs[] = { directory };
	struct options report_options = *options;

	report_options.dirs = dirs;
	report_options.dir_count = 1;
	report_options.output = NULL; /* here -o is where the trace goes */
	fflush(stdout);
	cmd_report(&report_options);
	fflush(stdout);
}

static int run_and_report(const struct options *options, const char *directory,
			  struct scratch *scratch)
{
	struct recorder_result result;

	recorder_run(options, directory, &result);
	if (result.recorded)
		report(options, directory);
	if (scratch)
		scratch_remove(scratch);
	signals_restore();
	return program_mimic(&result.end);
}

int cmd_run(const struct options *options)
{
	struct scratch *scratch = NULL;
	_cleanup_free_ char *directory = NULL;
	struct error *err;

	if (options->output)
		return run_and_report(options, options->output, NULL);
	err = scratch_create(SCRATCH_FOR_DATA, 0, &scratch);
	if (!err && !(directory = text_format("%s/trace", scratch->path)))
		err = error_no_memory();
	if (err) {
		error_report(err);
		return EXIT_OWN_FAILURE;
	}
	return run_and_report(options, directory, scratch);
}
