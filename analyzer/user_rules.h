/* SPDX-License-Identifier: MIT */
/*
 * Rules of a user's own, the file that DLSCOPE_CONVENTIONS names (rule_file.h): checked
 * when a recording begins, kept with it, and read again where it is reported on.
 */
#ifndef DLSCOPE_USER_RULES_H
#define DLSCOPE_USER_RULES_H

#include "error.h"

#define USER_RULES_VARIABLE "DLSCOPE_CONVENTIONS"

/* Adds the rows of the file to those of convention.h.  An error says file, line and
 * column. */
struct error *user_rules_read(const char *path);

/* The same of the rules that a recording has kept, else of those that the environment
 * names now. */
struct error *user_rules_of_trace(const char *directory);

/* Keeps the file with the recording in `directory`. */
struct error *user_rules_keep(const char *path, const char *directory);

#endif
