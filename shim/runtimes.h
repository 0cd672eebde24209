/* SPDX-License-Identifier: MIT */
/* The runtimes that the shim knows, and which objects are one: runtimes.def. */
#ifndef DLSCOPE_RUNTIMES_H
#define DLSCOPE_RUNTIMES_H

#include <link.h>
#include <stdint.h>

#include "process.h"

/* Which runtime an object is: row of runtimes.def + 1, 0 for none. */
uintptr_t runtime_of(const struct link_map *map);

/* Id of that row. */
const char *runtime_id(uintptr_t runtime);

/* An object has been mapped and reported.  If it is a runtime, says so in the
 * trace, and attaches to it; once per image and runtime. */
void runtimes_notice(struct process *process, const struct link_map *map);

/* Type of the attach functions of runtimes.def. */
typedef void runtime_attach(struct process *process, const struct link_map *map);

#endif
