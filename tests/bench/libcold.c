/* SPDX-License-Identifier: MIT */
/* The library that operations.cc loads and unloads: small, with one relocation
 * against libc, as a native module has at least. */

#include <stdio.h>

int bench_function(void);

int bench_function(void)
{
	return puts("bench_function");
}
