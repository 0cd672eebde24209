/* SPDX-License-Identifier: MIT */
/*
 * Options for a program that has AddressSanitizer's library.
 *
 * libasan ends a program in which another library comes before it, since that one's
 * wrappers could go around its own.  Ours pass each call on to the next definition,
 * so the order is all right.  It asks this function for its defaults (GCC 4.8, clang
 * 3.1 and later), before any constructor; a program that defines it comes before us,
 * and ASAN_OPTIONS of the environment is read later and wins.  Another
 * preloaded library's answer comes first, and ours after it; libasan's own is "".
 */
#include <stddef.h>

#include "real.h"

enum { OPTIONS_MAX = 4096 };

/* Appends what there is room for.  Not memcpy: that is libasan's, which asks for its
 * options before it has found the real one (GCC 12 libsanitizer/asan/asan_rtl.cpp). */
static size_t append(char *options, size_t size, const char *text)
{
	while (*text && size < OPTIONS_MAX) {
		options[size++] = *text++;
		__asm__("" : : : "memory"); /* nor may the compiler make it one */
	}
	return size;
}

const char *__asan_default_options(void) __attribute__((visibility("default")));

const char *__asan_default_options(void)
{
	static char options[OPTIONS_MAX + 1];
	const char *(*next)(void) = dlscope_next_definition(__func__);
	size_t size = next ? append(options, 0, next()) : 0;
	if (size > 0)
		size = append(options, size, ":");
	options[append(options, size, "verify_asan_link_order=0")] = '\0';
	return options;
}
