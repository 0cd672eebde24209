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
 * So the list is cut: ld.so has it as an array of objects and their number, in the part of
 * the main program's struct link_map that is its own (include/link.h l_searchlist, struct
 * r_scope_elem; the same from glibc 2.1 to 2.43).  That is found by what it holds, which
 * nothing else does, and left alone where it is not found or not writable.
 *
 * It is only done while a session records loads, for else nobody calls global_scope_show().
 */
#ifndef DLSCOPE_GLOBAL_SCOPE_H
#define DLSCOPE_GLOBAL_SCOPE_H

/* Takes the object that `address` lies in out of it, and of those that it needs the ones
 * that nothing else there needs.  Their own calls of each other's functions go on to work.
 * Called by a constructor.  Keeps errno. */
void global_scope_hide(const void *address);

/* Puts them back, behind the others: before something is opened with RTLD_GLOBAL, for ld.so
 * takes them to be there still and would not add what that needs of them (elf/dl-open.c
 * add_to_global_update()).  Any thread, any time. */
void global_scope_show(void);

#endif
