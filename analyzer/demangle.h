/* SPDX-License-Identifier: MIT */
/*
 * Names of functions as their languages write them.
 */
#ifndef DLSCOPE_DEMANGLE_H
#define DLSCOPE_DEMANGLE_H

/* C++, Rust and D readable, others as they are.  Caller free()s. */
char *demangle(const char *name);

#endif
