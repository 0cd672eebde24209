/* SPDX-License-Identifier: MIT */
/*
 * What libraries do that are loaded with the program, and may meet libnuma there, which only
 * a tracer has brought; objects.def sets
 *
 *	WEAK_PAIR   asks whether one of its functions is there, and calls another
 *	STRONG      of which only the first is weak
 *	EARLY       a constructor opens this file
 *	MODE        like that
 *	MAX_NODE    a function of this name calls libnuma's
 *	DUMMY       that function of libnuma's is here
 *	SET_ALL     and this one
 */
#include <dlfcn.h>
#include <stddef.h>

#define TEXT_OF(word) #word
#define TEXT(word) TEXT_OF(word)

#ifdef WEAK_PAIR
int numa_available(void) __attribute__((weak));
#ifdef STRONG
int numa_max_node(void);
#else
int numa_max_node(void) __attribute__((weak));
#endif
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
const char *early_call(void);
const char *early_close(void);

__attribute__((constructor)) static void begin(void)
{
	handle = dlopen(TEXT(EARLY), RTLD_LAZY | MODE);
}

const char *early_call(void)
{
	const char *(*function)(void) = (const char *(*)(void))dlsym(handle, "weak_pair");
	return function ? function() : "not there";
}

const char *early_close(void)
{
	return handle && dlclose(handle) == 0 ? "closed" : "not closed";
}
#endif

#ifdef MAX_NODE
int numa_max_node(void);
int MAX_NODE(void);

int MAX_NODE(void)
{
	return numa_max_node();
}
#endif

#ifdef DUMMY
int numa_max_node(void);

int numa_max_node(void)
{
	return -77;
}
#endif

#ifdef SET_ALL
void *numa_bitmask_setall(void *mask);

void *numa_bitmask_setall(void *mask)
{
	return mask;
}
#endif
