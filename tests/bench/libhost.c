/* SPDX-License-Identifier: MIT */
/*
 * A library that passes for every runtime whose modules have init functions: it exports
 * what each of them is recognised by, so that all rules of conventions.def hold for its
 * lookups.  Without those that the shim would look into.
 */
#include <dlfcn.h>

#define GATE_NULL(gate) __asm__(".data\n.globl \"" gate "\"\n\"" gate "\": .byte 0\n.text");
#define GATE_cpython_attach(gate)
#define GATE_lua_attach(gate)
#define GATE_luajit_attach(gate)
#define GATE_perl_attach(gate)
#define GATE_php_attach(gate)
#define GATE_ruby_attach(gate)
#define RUNTIME(id, name, gate, version_from, version, role, via, attach) GATE_##attach(gate)
#include "../../shim/runtimes.def"

void *host_dlsym(void *handle, const char *name);

void *host_dlsym(void *handle, const char *name)
{
	void *found = dlsym(handle, name);

	__asm__ volatile("" : "+r"(found)); /* a call of its own, not a jump */
	return found;
}
