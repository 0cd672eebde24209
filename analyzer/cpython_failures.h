/* SPDX-License-Identifier: MIT */
/*
 * What CPython makes of an init or slot function that went wrong, in its own words.
 */
#ifndef DLSCOPE_CPYTHON_FAILURES_H
#define DLSCOPE_CPYTHON_FAILURES_H

#include <stdbool.h>

#include "model.h"

/* A failure put into words; message is owned. */
struct verdict {
	const char *kind, *hint; /* kind as in findings.def; hint may be NULL */
	char *message;
};

/* What an init that returned and failed comes to; false when it is not CPython's, or
 * its trace does not say what exception there was. */
bool cpython_judge_init(const struct init *init, struct verdict *verdict);
bool cpython_judge_slot(const struct slot *slot, struct verdict *verdict);

/* Modules that were initialised and not executed (cpython_refusals.c). */
void cpython_find_refusals(struct model *model);

/* With the files of the trace at hand, if they are still there: names the init
 * functions that a module's file does define where the one looked for is missing, and
 * files made for another version of CPython. */
void cpython_look_into_files(struct model *model);

#endif
