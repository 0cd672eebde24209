/* SPDX-License-Identifier: MIT */
/* No native stacks: linked in place of stack_native.c by make STACK=none. */
#include "stack.h"

bool stack_prepare(void)
{
	return false;
}

uint32_t stack_capture(uint64_t *stack, uint32_t max, bool *cut)
{
	return 0;
}

void stack_forget(uintptr_t start, uintptr_t end) {}
