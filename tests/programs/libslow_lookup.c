/* SPDX-License-Identifier: MIT */
/* A function that takes 30 ms to be looked up: dlsym() runs the resolver of an IFUNC. */
#include <time.h>

int slow_lookup(void);

static int function(void)
{
	return 0;
}

__attribute__((used)) static int (*resolve(void))(void)
{
	struct timespec rest = { .tv_nsec = 30000000 };
	while (nanosleep(&rest, &rest) != 0)
		;
	return function;
}

int slow_lookup(void) __attribute__((ifunc("resolve")));
