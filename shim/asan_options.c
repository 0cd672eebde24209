/* SPDX-License-Identifier: MIT */
/*
 * Options for a program that has AddressSanitizer's library.
 *
 * libasan ends a program in which another library comes before it, since that one's
 * wrappers could go around its own.  Ours pass each call on to the next definition,
 * so the order is all right.  It asks this function for its defaults (GCC 4.8, clang
 * 3.1 and later), before any constructor; a program that defines it comes before us,
 * and ASAN_OPTIONS of the environment is read later and wins.
 */
const char *__asan_default_options(void) __attribute__((visibility("default")));

const char *__asan_default_options(void)
{
	return "verify_asan_link_order=0";
}
