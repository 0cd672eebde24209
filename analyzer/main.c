/* SPDX-License-Identifier: MIT */
/*
 * Reads the command line and runs the verb.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

/* Fills holes among descriptors 0 to 2, so that no file or socket of ours gets
 * such a number and is then written to as "stderr".  Close-on-exec: the program
 * that record runs finds them closed as the user left them. */
static void fill_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", O_RDWR | O_CLOEXEC);
}

/* A report that could not be written (disk full) must not look like success. */
static int flush_stdout(int status)
{
	if ((fflush(stdout) == 0 && !ferror(stdout)) || status != EXIT_OK)
		return status;
	error_report(error_errno(errno, "cannot write to standard output"));
	return EXIT_TROUBLE;
}

int main(int argc, char **argv)
{
	struct options options;
	struct error *err;

	fill_standard_descriptors();
	err = options_parse(argc, argv, &options);
	if (err) {
		error_report(err);
		return options_runs_program(&options) ? EXIT_OWN_FAILURE : EXIT_TROUBLE;
	}
	if (options.help) {
		options_print_help(&options, stdout);
		return flush_stdout(EXIT_OK);
	}
	if (options.version) {
		puts("dlscope " DLSCOPE_VERSION);
		return flush_stdout(EXIT_OK);
	}
	int status = options_dispatch(&options);

	return options_runs_program(&options) ? status : flush_stdout(status);
}
