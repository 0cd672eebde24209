/* SPDX-License-Identifier: MIT */
/* Looks up a function that takes 30 ms, after 10 ms in which some took none. */
#include <dlfcn.h>
#include <stddef.h>
#include <time.h>

int main(int argc, char **argv)
{
	const struct timespec rest = { .tv_nsec = 1000000 };
	void *library = argc == 2 ? dlopen(argv[1], RTLD_LAZY) : NULL;
	if (!library)
		return 1;
	for (int i = 0; i < 200; i++) {
		if (!dlsym(RTLD_DEFAULT, "printf"))
			return 2;
		if (i % 20 == 0)
			nanosleep(&rest, NULL);
	}
	return dlsym(library, "slow_lookup") ? 0 : 3;
}
