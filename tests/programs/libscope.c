/* SPDX-License-Identifier: MIT */
/* A plug-in that looks its own symbols up through the pseudo-handles. */
#include <dlfcn.h>
#include <stddef.h>

int scope_only_here(void);
void *scope_lookup(const char *name, int next);
void *scope_open(const char *name);

int scope_only_here(void)
{
	return 7;
}

void *scope_lookup(const char *name, int next)
{
	void *found = dlsym(next ? RTLD_NEXT : RTLD_DEFAULT, name);
	return found;
}

void *scope_open(const char *name)
{
	void *handle = dlopen(name, RTLD_NOW);
	return handle;
}
