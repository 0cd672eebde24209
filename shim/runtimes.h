/* SPDX-License-Identifier: MIT */
/* The runtimes that the shim knows, and which objects are one: runtimes.def. */
#ifndef DLSCOPE_RUNTIMES_H
#define DLSCOPE_RUNTIMES_H

#include <link.h>
#include <stdint.h>

#include "process.h"

enum runtime_id {
	RUNTIME_none,
#define RUNTIME(id, name, gate, version_from, version, role, via, attach) RUNTIME_##id,
#include "runtimes.def"
#undef RUNTIME
	RUNTIMES
};

/* Sets of runtimes; RUNTIME_none is in none. */
#define RUNTIME_BIT(id) ((uint64_t)1 << (id) & ~(uint64_t)1)

/* Adds one, of the user's; the texts stay the caller's.  False when there is no room.  To
 * be called before runtimes_prepare. */
bool runtimes_add(const char *id, const char *gate, const char *version_from, const char *version);

/* The one called `id`, RUNTIME_none for none. */
uint8_t runtime_by_id(const char *id);

/* To be called once, before anything below. */
void runtimes_prepare(void);

/* Which runtimes an object is: a program may have several linked into it. */
uint64_t runtimes_of(const struct link_map *map);

/* An object that is each of `found` was mapped at `start` and has been reported: says
 * so in the trace, and attaches to them; once per image and runtime. */
void runtimes_notice(struct process *process, uint64_t found, const struct link_map *map,
		     uintptr_t start);

/* Type of the attach functions of runtimes.def. */
typedef void runtime_attach(struct process *process, const struct link_map *map);

runtime_attach cpython_attach, perl_attach, ruby_attach, php_attach, lua_attach, luajit_attach,
	node_attach, tcl_attach;

#endif
