/* SPDX-License-Identifier: MIT */
/*
 * A library that passes for every runtime whose modules have init functions: it exports
 * what each of them is recognised by, so that all rules of conventions.def hold for its
 * lookups.  Without those that the shim would look into.
 */
#include <dlfcn.h>

#define EXPORT(gate) __asm__(".data\n.globl \"" gate "\"\n\"" gate "\": .byte 0\n.text");
#define LEAVE_OUT(gate)
/* The shim looks into those whose `attach` is not NULL. */
#define WITHOUT_NULL		   ~, EXPORT
#define SECOND(first, second, ...) second
#define SECOND_OF(...)		   SECOND(__VA_ARGS__)
#define RUNTIME(id, name, gate, version_from, version, role, via, attach) \
	SECOND_OF(WITHOUT_##attach, LEAVE_OUT, ~)(gate)
#include "../../shim/runtimes.def"

void *host_dlsym(void *handle, const char *name);

void *host_dlsym(void *handle, const char *name)
{
	void *found = dlsym(handle, name);

	__asm__ volatile("" : "+r"(found)); /* a call of its own, not a jump */
	return found;
}
