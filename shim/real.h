/* SPDX-License-Identifier: MIT */
/*
 * The real functions: for each row of hooked_functions.def the definition that
 * the program would have reached without us (the next one in search order, so a
 * second wrapper behind us in LD_PRELOAD still gets its turn).
 *
 * Each pointer starts at its own resolver, so the hot path has no "is it there
 * yet?" test and no dependence on constructor order.
 */
#ifndef DLSCOPE_REAL_H
#define DLSCOPE_REAL_H

#include <dlfcn.h>

/* Makes all pointers ready; idempotent, any thread, signal safe. */
void dlscope_resolve_all(void);

/* Has the next dlsym() that is passed on do what the first call of all does: LTTng may be
 * there by then (lttng_imports.h). */
void dlscope_await_dlsym(void);

/* The definition of a function that stands behind ours in search order; NULL when
 * there is none.  Signal safe, no lock. */
void *dlscope_next_definition(const char *name);

/* The real function, if `address` is that of one of our entry points, else NULL.
 * Signal safe. */
const void *dlscope_real_behind(const void *address);

/* Types of the hooked functions; the pointers have C linkage for the entries. */
extern void *(*dlscope_real_dlopen)(const char *, int);
extern void *(*dlscope_real_dlmopen)(Lmid_t, const char *, int);
extern void *(*dlscope_real_dlsym)(void *, const char *);
extern void *(*dlscope_real_dlvsym)(void *, const char *, const char *);
extern int (*dlscope_real_dlclose)(void *);
extern char *(*dlscope_real_dlerror)(void);
extern int (*dlscope_real_dlinfo)(void *, int, void *);
extern int (*dlscope_real_dladdr)(const void *, Dl_info *);
extern int (*dlscope_real_dladdr1)(const void *, Dl_info *, void **, int);
extern int (*dlscope_real_close)(int);
extern int (*dlscope_real_close_range)(unsigned, unsigned, int);
extern void (*dlscope_real_closefrom)(int);
extern int (*dlscope_real_clone)(int (*)(void *), void *, int, void *, void *, void *, void *);
extern void (*dlscope_real__exit)(int);
extern void (*dlscope_real__Exit)(int);

#endif
