/* SPDX-License-Identifier: MIT */
/*
 * Where a report goes: stdout, or a file that appears under its name only when
 * it is complete.
 */
#ifndef DLSCOPE_OUTPUT_FILE_H
#define DLSCOPE_OUTPUT_FILE_H

#include <stdio.h>

#include "error.h"

struct output_file {
	FILE *stream;
	const char *path; /* NULL: stdout */
	char *temporary;
};

/* Opens stdout for a path of NULL or "-", else a temporary file beside `path`. */
struct error *output_open(const char *path, struct output_file *output);

/* Closes; with `err` NULL the file gets its name, else it is removed and `err`
 * returned.  A full disk or a closed pipe is an error here. */
struct error *output_close(struct output_file *output, struct error *err);

#endif
