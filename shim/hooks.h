/* SPDX-License-Identifier: MIT */
/* The traced functions, one per row of hooked_functions.def, as the entry points
 * call them: with the program's arguments and its return address. */
#ifndef DLSCOPE_HOOKS_H
#define DLSCOPE_HOOKS_H

#include <dlfcn.h>

void *traced_dlopen(const char *file, int mode);
void *traced_dlmopen(Lmid_t lmid, const char *file, int mode);
void *traced_dlsym(void *handle, const char *name);
void *traced_dlvsym(void *handle, const char *name, const char *version);
int traced_dlclose(void *handle);
char *traced_dlerror(void);
int traced_dlinfo(void *handle, int request, void *argument);
int traced_dladdr(const void *address, Dl_info *info);
int traced_dladdr1(const void *address, Dl_info *info, void **extra, int flags);
int traced_close(int fd);
int traced_close_range(unsigned first, unsigned last, int flags);
void traced_closefrom(int first);
int traced_clone(int (*function)(void *), void *stack, int flags, void *argument, void *parent_tid,
		 void *tls, void *child_tid);
void traced__exit(int status);
void traced__Exit(int status);

#endif
