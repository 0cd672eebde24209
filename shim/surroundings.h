/* SPDX-License-Identifier: MIT */
/*
 * What the loader's answers depend on and a later look at the machine cannot tell.
 */
#ifndef DLSCOPE_SURROUNDINGS_H
#define DLSCOPE_SURROUNDINGS_H

#include <stdint.h>

/* Keeps LD_LIBRARY_PATH as it is now.  Called by the constructor: the loader reads it
 * when the program starts, and what becomes of the variable later changes nothing. */
void surroundings_keep(void);

/* What was kept; "" when there was none. */
const char *surroundings_library_path(void);

/* The working directory, "" when it is not known; valid until the thread's next event. */
const char *surroundings_directory(void);

/* The limit on address space in bytes, UINT64_MAX when there is none. */
uint64_t surroundings_memory_limit(void);

#endif
