/* SPDX-License-Identifier: MIT */
/* A library, to be preloaded, that has defaults for AddressSanitizer, and says what became of them. */
#include <stdio.h>
#include <stdlib.h>

const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "verify_asan_link_order=0:malloc_fill_byte=90:detect_leaks=0";
}

void __asan_init(void) __attribute__((weak));

__attribute__((constructor)) static void say(void)
{
	if (!__asan_init)
		return;
	unsigned char *memory = malloc(16);
	__asm__("" : "+r"(memory) : : "memory"); /* reading it is the point */
	printf("malloc fills with %d\n", memory ? memory[8] : -1);
	free(memory);
}
