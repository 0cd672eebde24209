/* SPDX-License-Identifier: MIT */
/* An extension module as control.cc loads it: its init function does what it is told. */
#include <stddef.h>

void init_do(void);
void *PyInit_module(void);

static long other_type[64];
static struct {
	long references;
	void *type;
	long rest[32];
} module = { 1, other_type, { 0 } };

void *PyInit_module(void)
{
	init_do();
	return &module;
}
