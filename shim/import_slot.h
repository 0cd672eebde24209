/* SPDX-License-Identifier: MIT */
/*
 * Calling us in place of a function that another object imports: by the slot of its
 * procedure linkage table, and so for that object alone.
 */
#ifndef DLSCOPE_IMPORT_SLOT_H
#define DLSCOPE_IMPORT_SLOT_H

#include <link.h>
#include <stddef.h>

struct import {
	const char *name;
	void *function;
};
enum { IMPORTS_MAX = 12 };

/* Points the slots of the names in `importer` to the functions, at most IMPORTS_MAX.  Passes
 * over what the object does not import; does nothing where it is not relocated yet, where the
 * pages cannot be written to, or where nothing tells whether they can (elf_headers()).  Uses
 * no function that a sanitizer's runtime might define.  May change errno. */
void import_replace_all(const struct link_map *importer, const struct import *imports,
			size_t count);

void import_replace(const struct link_map *importer, const char *name, void *function);

#endif
