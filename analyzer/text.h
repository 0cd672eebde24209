/* SPDX-License-Identifier: MIT */
/*
 * Text for people and for JSON: bytes that are not UTF-8, times.
 */
#ifndef DLSCOPE_TEXT_H
#define DLSCOPE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* A copy of `text` in which every byte that is not part of valid UTF-8 reads
 * \xNN; with `printable`, control characters as well, so that a file name cannot
 * move the reader's cursor.  Caller g_free()s. */
char *text_escape(const char *text, bool printable);

/* A time as people read it: 0, 812ns, 12.3us, 4.56ms, 1.234s.  Caller g_free()s. */
char *text_time(uint64_t ns);

/* The last component of a path; borrowed from it. */
const char *text_basename(const char *path);

#endif
