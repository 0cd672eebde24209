/* SPDX-License-Identifier: MIT */
/*
 * LTTng's libraries and the global scope: the objects that every lookup of a symbol goes
 * through first, of dlsym(RTLD_DEFAULT) and of each relocation of what is loaded later.
 *
 * What is preloaded is in it, with what it needs.  libdlscope-lttng.so brings liblttng-ust
 * and libnuma there: a library that lacks `numa_available` would find it, one that has a
 * function of such a name would get theirs, and each name that the program's first objects do
 * not define is looked for in five objects more (of 12 million instructions that recording
 * added to a Python with all its extension modules, 3.5 were that).  To open them otherwise,
 * RTLD_LOCAL, is no way out: their thread-local data would then come from the program's
 * malloc, at the first event of each thread.
 *
 * So ld.so is given another list: it has an array of objects and their number, in the part of
 * the main program's struct link_map that is its own (include/link.h l_searchlist, struct
 * r_scope_elem; read in glibc 2.35 to 2.42).  That is found by what it holds, which nothing
 * else does, and left alone where it is not found, not writable, or has been added to.
 */
#ifndef DLSCOPE_GLOBAL_SCOPE_H
#define DLSCOPE_GLOBAL_SCOPE_H

#include <stdbool.h>

/* Takes the object that `address` lies in out of it, and of those that it needs the ones
 * that nobody else needs or has preloaded.  Their own calls of each other's functions go on to
 * work, and so does what other objects have found in them when they were relocated.  Called
 * by a constructor, once.  Returns whether anything is hidden now.  Keeps errno. */
bool global_scope_hide(const void *address);

/* Puts them back, behind the others: before something is opened with RTLD_GLOBAL, for ld.so
 * takes them to be there still and would not add what that needs of them (elf/dl-open.c
 * add_to_global_update()).  Any thread, any time. */
void global_scope_show(void);

#endif
