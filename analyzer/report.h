/* SPDX-License-Identifier: MIT */
/*
 * Reports: a model goes in, one of the formats comes out.
 * Which there are: report_formats.def.
 */
#ifndef DLSCOPE_REPORT_H
#define DLSCOPE_REPORT_H

#include <stdio.h>

#include "error.h"
#include "model.h"
#include "options.h"
#include "symbolize.h"

struct report {
	const struct model *model;
	const struct options *options;
	const char *path; /* of the trace, the first one */
	struct symbolizer *symbolizer;
	FILE *out;
};

/* Writes in one format; whether all of it arrived is told by closing `out`. */
typedef struct error *report_writer(const struct report *report);

#define FORMAT(name, function, description) report_writer function;
#include "report_formats.def"
#undef FORMAT

/* Whether the options mean something, before any work is done. */
struct error *report_check_options(const struct options *options);

/* Reads the traces and writes the report where the options say. */
struct error *report_run(const struct options *options);

/* The search of the options; the strings are theirs. */
struct symbol_search report_search(const struct options *options);

/* The functions around a frame's address, innermost first. */
const struct code_places *frame_places(const struct report *report, const struct frame *frame);

/* The innermost of them; all members are empty when nothing is known. */
struct code_place frame_place(const struct report *report, const struct frame *frame);

/* Says that all stacks will be asked for. */
void report_wants_stacks(const struct report *report);

#endif
