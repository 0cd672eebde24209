/* SPDX-License-Identifier: MIT */
/*
 * The file of an object: at its own place or under another root, or its debug file.
 */
#ifndef DLSCOPE_SYMBOL_FIND_H
#define DLSCOPE_SYMBOL_FIND_H

#include "symbol_file.h"

/* Opens it; `fd` only when usable, and `path` is then what was opened. */
enum symbol_status symbol_find(const struct symbol_search *search,
			       const struct symbol_source *source, int *fd, char **path,
			       char **reason);

/* The directories of debug files, as libdwfl wants them. */
char *symbol_debug_path(const struct symbol_search *search);

#endif
