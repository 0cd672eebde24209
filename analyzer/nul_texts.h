/* SPDX-License-Identifier: MIT */
/*
 * Texts one after the other, each ended by a NUL byte (the last one perhaps cut
 * off): argv as /proc/PID/cmdline has it, frames of interpreters.
 */
#ifndef DLSCOPE_NUL_TEXTS_H
#define DLSCOPE_NUL_TEXTS_H

#include <glib.h>

/* The texts, as char * owned by the array. */
GPtrArray *nul_texts_split(const char *data, size_t size);

#endif
