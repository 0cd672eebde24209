/* SPDX-License-Identifier: MIT */
/* Names of modules, as those write them who load them. */
#ifndef DLSCOPE_MODULE_NAME_H
#define DLSCOPE_MODULE_NAME_H

#include "convention.h"

/* The name of a module whose file is at `path` ("" when not known), and whose symbol
 * has `rest` in the place of the pattern's `*`.  Caller g_free()s. */
char *module_name_make(const struct convention *convention, const char *symbol, const char *rest,
		       const char *path);

/* The name of one that no rule is about: its file's, without "lib" and suffixes.  Caller
 * g_free()s. */
char *module_name_of_file(const char *path);

#endif
