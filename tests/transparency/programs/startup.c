/* SPDX-License-Identifier: MIT */
/*
 * What libraries do that are loaded with the program, and may meet libraries there that only
 * a tracer has brought; objects.def sets
 *
 *	WEAK_PAIR  a function that is there or not, asked for by two names
 *	EARLY      a constructor that opens something RTLD_GLOBAL
 */
#include <dlfcn.h>
#include <stddef.h>

#ifdef WEAK_PAIR
int numa_available(void) __attribute__((weak));
int numa_max_node(void) __attribute__((weak));
const char *weak_pair(void);

/* Where the one is there, so is the other. */
const char *weak_pair(void)
{
	if (numa_available && numa_available() >= 0)
		(void)numa_max_node();
	return "alive";
}
#endif

#ifdef EARLY
static void *handle;
const char *early_close(void);

__attribute__((constructor)) static void begin(void)
{
	handle = dlopen("libanother.so", RTLD_NOW | RTLD_GLOBAL);
}

const char *early_close(void)
{
	return handle && dlclose(handle) == 0 ? "closed" : "not closed";
}
#endif
