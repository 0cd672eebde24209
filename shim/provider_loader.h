/* SPDX-License-Identifier: MIT */
/* Opening libdlscope-lttng.so when it was not preloaded beside the shim. */
#ifndef DLSCOPE_PROVIDER_LOADER_H
#define DLSCOPE_PROVIDER_LOADER_H

#include <stdbool.h>

#include "caller.h"

/* Opens it if an LTTng session daemon's socket is there.  Called by the
 * constructor; on any trouble the program runs untraced. */
void provider_load(void);

/* The constructor is in ld.so, opening it. */
bool provider_is_opening(void);

/* dlsym(handle, name) for `caller`, in other threads meanwhile (LTTng's): what
 * RTLD_NEXT finds, without ld.so's lock. */
void *provider_dlsym(const struct caller *caller, void *handle, const char *name);

/* Calls start(argument) so that LTTng in it waits 200 ms for a daemon that accepts and
 * does not answer (one that is stopped), not 3 s, unless the environment says how
 * long.  It says so in a copy meanwhile, which the program never sees.  For moments
 * when no other thread of the program runs: the constructor, a forked child. */
void provider_wait_briefly(void (*start)(const void *), const void *argument);

#endif
