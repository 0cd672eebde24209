/* SPDX-License-Identifier: MIT */
/*
 * Calling us in place of a function that another object imports: by the slot of its
 * procedure linkage table, and so for that object alone.
 */
#ifndef DLSCOPE_IMPORT_SLOT_H
#define DLSCOPE_IMPORT_SLOT_H

#include <link.h>

/* Points the slot of `name` in `importer` to `function`.  Does nothing where the object does
 * not import it, is not relocated yet, or where the page cannot be written to or nothing
 * tells whether it can (elf_headers()).  Uses no function that a sanitizer's runtime might
 * define.  May change errno. */
void import_replace(const struct link_map *importer, const char *name, void *function);

#endif
