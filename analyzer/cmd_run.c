/* SPDX-License-Identifier: MIT */
/*
 * dlscope -- CMD: record, then report on it.
 *
 * Without -o the trace lives in a scratch directory until the report is printed.
 * The exit status is the program's; a report that fails is told on stderr.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

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
	cmd_report(&report_options);
}

/* In a process of its own: Ctrl-C, or a closed pipe as in `dlscope -- CMD | head`,
 * ends the report but not the clean-up behind it. */
static void report_apart(const struct options *options, const char *directory)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		error_report(error_errno(errno, "cannot start the report"));
		return;
	}
	if (pid == 0) {
		signals_restore();
		report(options, directory);
		fflush(stdout);
		_exit(EXIT_OK);
	}
	waitpid(pid, NULL, 0);
}

static int run_and_report(const struct options *options, const char *directory,
			  struct scratch *scratch)
{
	struct recorder_result result;

	recorder_run(options, directory, &result);
	if (result.recorded)
		report_apart(options, directory);
	if (scratch)
		scratch_remove(scratch);
	signals_finish();
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
