/* SPDX-License-Identifier: MIT */
/* A constructor that loads the leaf, by its own RUNPATH. */
#include <dlfcn.h>
#include <stdio.h>

__attribute__((constructor)) static void load(void)
{
	void *leaf = dlopen("libleaf.so", RTLD_NOW);
	int (*value)(void) = leaf ? (int (*)(void))dlsym(leaf, "leaf_value") : NULL;
	printf("constructor: leaf %s\n", value && value() == 42 ? "found" : dlerror());
}
