/* SPDX-License-Identifier: MIT */
/*
 * Where below a directory the CTF traces are.
 */
#ifndef DLSCOPE_TRACE_FIND_H
#define DLSCOPE_TRACE_FIND_H

#include <glib.h>

#include "error.h"

/* Adds to `traces` (of char *, owned by the array) every directory at or below
 * `dir` that holds a file `metadata`, in the order of their names.  An error
 * when there is none or when a directory cannot be read. */
struct error *trace_find(const char *dir, GPtrArray *traces);

#endif
