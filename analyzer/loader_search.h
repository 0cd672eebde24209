/* SPDX-License-Identifier: MIT */
/*
 * Where the loader looks for a library, in its order, and what is there now.
 *
 * The order is glibc's (2.36, elf/dl-load.c, _dl_map_object): RPATH of the object
 * that needs the library and of those that brought that one in, unless it has a
 * RUNPATH; LD_LIBRARY_PATH; its RUNPATH; the cache; the system's directories.  Sub-
 * directories for hardware capabilities are left out.
 */
#ifndef DLSCOPE_LOADER_SEARCH_H
#define DLSCOPE_LOADER_SEARCH_H

#include <glib.h>

#include "cleanup.h"
#include "elf_dynamic.h"

/* A file for whose sake a library is looked for. */
struct seeker {
	const char *path;
	struct elf_dynamic *dynamic;
};

struct loader_search {
	const char *library_path, *directory; /* of the process; "" for none */
	GPtrArray *seekers; /* struct seeker: who needs it, who brought that in, ..., the program */
	GPtrArray *places;  /* char *: "place: why it was not there" */
	GPtrArray *directories; /* char *: the directories among them */
};

struct loader_search *loader_search_create(const char *library_path, const char *directory);
void loader_search_free(struct loader_search *search);
CLEANUP_FUNCTION(struct loader_search, loader_search_free)

/* The file at `path` looks for libraries from now on, for the sake of those before. */
void loader_search_push(struct loader_search *search, const char *path);
void loader_search_pop(struct loader_search *search);

/* The file that the loader would take, or NULL; `places` and `directories` then tell
 * where it looked.  Caller g_free()s. */
char *loader_search_find(struct loader_search *search, const char *name);

/* Whether the file is for another machine than the program. */
bool loader_search_passes_over(const struct loader_search *search, const char *path);

#endif
