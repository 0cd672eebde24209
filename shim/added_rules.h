/* SPDX-License-Identifier: MIT */
/* Rules of a user's own: the file that DLSCOPE_CONVENTIONS names (rule_file.h). */
#ifndef DLSCOPE_ADDED_RULES_H
#define DLSCOPE_ADDED_RULES_H

/* Adds its rows to those of runtimes.h and conventions.h.  To be called once, before the
 * tables are used.  What is wrong is said on stderr, and ends the reading. */
void added_rules_read(const char *path);

#endif
