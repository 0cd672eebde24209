/* SPDX-License-Identifier: MIT */
/*
 * The environment that makes a program and all it starts load the shim.
 */
#ifndef DLSCOPE_PRELOAD_H
#define DLSCOPE_PRELOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

struct preload_settings {
	const char *lttng_home; /* of the session daemon; NULL: the system's */
	uint32_t run;		/* number of the recording */
	pid_t daemon;		/* the session daemon; 0: not known */
	uint64_t stack;		/* DLSCOPE_STACK; COUNT_UNSET: leave it alone */
	bool crash;		/* DLSCOPE_CRASH */
	bool triggers;		/* DLSCOPE_TRIGGERS */
};

/* Where the shim's libraries stand, absolute. */
struct error *preload_directory(char **directory);

/* The value of LD_PRELOAD: the shim's libraries, then the user's own. */
struct error *preload_find(char **ld_preload);

/* A copy of our environment with the settings in it; free with
 * preload_environment_free(). */
struct error *preload_environment(const char *ld_preload, const struct preload_settings *settings,
				  char ***environment);
void preload_environment_free(char **environment);

#endif
