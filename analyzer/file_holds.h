/* SPDX-License-Identifier: MIT */
/*
 * Bytes in files that say what they are only by the texts in them.
 */
#ifndef DLSCOPE_FILE_HOLDS_H
#define DLSCOPE_FILE_HOLDS_H

#include <stdbool.h>
#include <stddef.h>

/* True when the file holds the bytes. */
bool file_holds(const char *path, const void *bytes, size_t size);

/* The number behind the first `prefix` in the file that has one; -1 when none has. */
long file_number_behind(const char *path, const char *prefix);

#endif
