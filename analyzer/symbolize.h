/* SPDX-License-Identifier: MIT */
/*
 * From an offset in an object to the name of the function there.
 *
 * The object's file is read where the trace saw it, and only believed when its
 * build-id is the one that was mapped.  What has been read is kept.
 */
#ifndef DLSCOPE_SYMBOLIZE_H
#define DLSCOPE_SYMBOLIZE_H

#include <stdint.h>

#include "cleanup.h"

struct symbolizer;

struct symbolizer *symbolizer_create(void);
void symbolizer_free(struct symbolizer *symbolizer);
CLEANUP_FUNCTION(struct symbolizer, symbolizer_free)

/* The function that holds `offset` (an address of the ELF file: the run-time
 * address less the object's base), or NULL when the file is gone, another one, or
 * has no symbol there.  build_id in hex digits, "" for none.  The name lives as
 * long as the symbolizer. */
const char *symbolize(struct symbolizer *symbolizer, const char *path, const char *build_id,
		      uint64_t offset);

#endif
