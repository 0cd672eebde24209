/* SPDX-License-Identifier: MIT */
/*
 * From an offset in an object to the functions and lines of source there.
 *
 * The object's file is only believed when it is the one that was mapped: by its
 * build-id or, for an object without, by size and time of change.  Files are read
 * by a process of their own (symbol_helper.h), because damaged debug information
 * can kill libdw or keep it busy for ever; and only when the first address in them
 * is asked for.
 */
#ifndef DLSCOPE_SYMBOLIZE_H
#define DLSCOPE_SYMBOLIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cleanup.h"

struct symbolizer;

/* Where else than at their own place files are looked for. */
struct symbol_search {
	const char *sysroot;   /* before every path, or NULL */
	const char *debug_dir; /* directories of debug files, with ':' between, or NULL */
	bool debuginfod;       /* ask the servers of $DEBUGINFOD_URLS */
};

/* An object as it was in the process. */
struct symbol_source {
	const char *path;
	const char *build_id; /* hex digits, "" for none */
	uint64_t size;	      /* 0: not known */
	int64_t mtime_ns;
};

/* A function around an address. */
struct code_place {
	const char *function; /* demangled, or NULL */
	const char *file;     /* or NULL */
	uint32_t line;	      /* 0: not known */
	bool inlined;	      /* into the place after this one */
};

/* Innermost first; none when nothing is known. */
struct code_places {
	uint32_t count;
	struct code_place at[];
};

/* The strings of `search` must live as long as the symbolizer. */
struct symbolizer *symbolizer_create(const struct symbol_search *search);
void symbolizer_free(struct symbolizer *symbolizer);
CLEANUP_FUNCTION(struct symbolizer, symbolizer_free)

/* Says that this address will be asked for: those of one object are answered
 * together, which is much cheaper. */
void symbolizer_want(struct symbolizer *symbolizer, const struct symbol_source *source,
		     uint64_t offset);

/* What is at `offset` (an address of the ELF file: the run-time address less the
 * object's base).  Never NULL; lives as long as the symbolizer. */
const struct code_places *symbolize(struct symbolizer *symbolizer,
				    const struct symbol_source *source, uint64_t offset);

/* Says of each file that could not be used why, a line each. */
void symbolizer_complain(const struct symbolizer *symbolizer, FILE *out);

#endif
