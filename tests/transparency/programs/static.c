/* SPDX-License-Identifier: MIT */
/* A program without a dynamic loader, or with one of another class; what it starts has
 * the usual one again. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	printf("static: %d arguments\n", argc);
	fflush(stdout);
	if (argc > 1)
		execv(argv[1], argv + 1);
	return 21;
}
