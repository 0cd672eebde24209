/* SPDX-License-Identifier: MIT */
/*
 * A model of the traces below some directories.
 */
#ifndef DLSCOPE_MODEL_READ_H
#define DLSCOPE_MODEL_READ_H

#include "cleanup.h"
#include "model.h"

CLEANUP_FUNCTION(struct model, model_free)

/* Reads, decodes and finishes; an error when there is no event of ours. */
struct error *model_read(const char *const *dirs, size_t count, uint64_t hang_after_ns,
			 struct model **result);

#endif
