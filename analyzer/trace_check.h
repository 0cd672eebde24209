/* SPDX-License-Identifier: MIT */
/*
 * What must hold of a trace before babeltrace2 may see it.
 */
#ifndef DLSCOPE_TRACE_CHECK_H
#define DLSCOPE_TRACE_CHECK_H

#include <stdbool.h>

#include "error.h"

/* The metadata file in `dir` is whole: babeltrace2 2.0.4 reads one that ends in
 * the middle of a packet for ever. */
struct error *trace_check_metadata(const char *dir);

/* Does the metadata in `dir` describe a stream?  Without one there is no event.
 * LTTng leaves such a trace for each other user's programs that came and went while
 * root recorded (one trace per user and session). */
bool trace_has_streams(const char *dir);

#endif
