/* SPDX-License-Identifier: MIT */
/*
 * Asks 30000 times for a library by a name that another thread keeps making longer and
 * shorter.  There is none of either name.
 *
 * usage: changing_name
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { TIMES = 30000, LENGTH = 300, CHANGING = 10 };

static volatile char name[LENGTH + 1];
static volatile bool done;

static void *change(void *unused)
{
	(void)unused;
	while (!done) {
		name[CHANGING] = '\0';
		name[CHANGING] = 'x';
	}
	return NULL;
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < LENGTH; i++)
		name[i] = 'x';
	if (pthread_create(&thread, NULL, change, NULL) != 0)
		return 2;
	for (int i = 0; i < TIMES; i++)
		if (dlopen((const char *)name, RTLD_NOW | RTLD_NOLOAD))
			return 1;
	done = true;
	return pthread_join(thread, NULL) == 0 ? 0 : 2;
}
