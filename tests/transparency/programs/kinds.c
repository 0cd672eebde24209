/* SPDX-License-Identifier: MIT */
/* A symbol of every kind, two of them with versions (kinds.map). */
#include <stddef.h>

int kind_data = 7;
__thread int kind_tls = 9;
const char *kind_function(void);
int kind_read_tls(void);
int kind_versioned_1(void);
int kind_versioned_2(void);
int kind_by_ifunc(void);
int kind_weak_value(void);
extern int kind_nowhere(void) __attribute__((weak));

const char *kind_function(void)
{
	return "a function";
}

int kind_read_tls(void)
{
	return kind_tls++;
}

int kind_versioned_1(void)
{
	return 1;
}

int kind_versioned_2(void)
{
	return 2;
}

__asm__(".symver kind_versioned_1, kind_versioned@OLD");
__asm__(".symver kind_versioned_2, kind_versioned@@NEW");

static int chosen(void)
{
	return 5;
}

static int (*choose(void))(void)
{
	return chosen;
}

int kind_by_ifunc(void) __attribute__((ifunc("choose")));

int kind_weak_value(void)
{
	return kind_nowhere ? 1 : 0;
}

__asm__(".pushsection .data\n"
	".globl kind_unique\n"
	".type kind_unique, @gnu_unique_object\n"
	".size kind_unique, 4\n"
	"kind_unique: .long 11\n"
	".popsection\n"
	".globl kind_absolute_zero\n"
	".set kind_absolute_zero, 0\n");
