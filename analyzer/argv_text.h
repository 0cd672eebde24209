/* SPDX-License-Identifier: MIT */
/*
 * argv as /proc/PID/cmdline has it: arguments one after the other, each ended by
 * a NUL byte (the last one perhaps cut off).
 */
#ifndef DLSCOPE_ARGV_TEXT_H
#define DLSCOPE_ARGV_TEXT_H

#include <glib.h>

/* The arguments, as char * owned by the array. */
GPtrArray *argv_split(const char *data, size_t size);

#endif
