/* SPDX-License-Identifier: MIT */
/*
 * Which objects the loader maps for a program before main.
 */
#ifndef DLSCOPE_LOADED_LIST_H
#define DLSCOPE_LOADED_LIST_H

#include <glib.h>

#include "error.h"

struct loaded_list {
	GPtrArray *paths;   /* char *: objects, in the order in which they are searched */
	GPtrArray *missing; /* char *: names that were not found */
};

/* Asks glibc's loader itself, as ldd does, so that RUNPATH, cache, hwcaps and
 * LD_PRELOAD count as they do.  It maps the file and enters none of its code: the
 * list is printed before anything is relocated (glibc 2.36, elf/rtld.c).  `loader`
 * must be known to be glibc's: another one might run the file. */
struct error *loaded_list_read(const char *loader, const char *path, struct loaded_list *list);
void loaded_list_clear(struct loaded_list *list);

/* The path of the object of that name in the list; borrowed, or NULL. */
const char *loaded_list_find(const struct loaded_list *list, const char *name);

/* The loader of this program: its own PT_INTERP; NULL when it has none. */
const char *loaded_list_own_loader(void);

#endif
