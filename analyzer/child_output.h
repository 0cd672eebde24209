/* SPDX-License-Identifier: MIT */
/*
 * What another program prints, within a time.
 */
#ifndef DLSCOPE_CHILD_OUTPUT_H
#define DLSCOPE_CHILD_OUTPUT_H

#include "error.h"

struct child_plan {
	const char *path; /* to execute */
	const char *const *argv;
	const char *const *unset; /* variables it shall not have; NULL at the end */
	const char *set;	  /* NAME=VALUE it shall have; may be NULL */
	int descriptor;		  /* the one to read: 1 or 2; the other is lost */
	unsigned int seconds;
};

struct child_output {
	int wait_status; /* as waitpid() has it */
	char *text;	 /* g_free() */
};

/* Runs it and waits.  When its time is over it is ended, and that is an error. */
struct error *child_output_read(const struct child_plan *plan, struct child_output *output);

#endif
