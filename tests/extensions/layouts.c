/* SPDX-License-Identifier: MIT */
/*
 * A host that does with a module what CPython does (Python/importdl.c, Objects/
 * moduleobject.c), with objects whose header has HEADER words: 2 as usual, 4 as in
 * free-threaded builds of 3.13 and up to 3.12 with Py_TRACE_REFS, or any other number.
 * With -DMODULE this is the module, ./laid.so.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

struct slot {
	int number;
	void *value;
};

/* PyModuleDef */
struct definition {
	uintptr_t header[HEADER]; /* the last word is the type */
	void *init, *index, *copy;
	const char *name, *doc;
	intptr_t size;
	void *methods;
	struct slot *slots;
	void *traverse, *clear, *free;
};

#ifdef MODULE

extern uintptr_t PyModuleDef_Type[];

static int execute(void *module)
{
	volatile int busy = 0;
	for (int i = 0; i < 100000; i++)
		busy += i;
	puts("executed");
	return 0;
}

static struct slot slots[] = { { 2, (void *)execute }, { 0, NULL } };
static struct definition definition = { .name = "laid", .slots = slots };

void *PyInit_laid(void)
{
	definition.header[HEADER - 1] = (uintptr_t)PyModuleDef_Type;
	return &definition;
}

#else

/* header, ob_size, tp_name, tp_basicsize */
uintptr_t PyModuleDef_Type[64] = { [HEADER + 2] = sizeof(struct definition) };

void *PyModuleDef_Init(void *definition)
{
	return definition;
}
const char *Py_GetVersion(void)
{
	return "3.99.0 (a host of the tests)";
}
void *PyErr_Occurred(void)
{
	return NULL;
}
void PyErr_Fetch(void **type, void **value, void **traceback)
{
	*type = *value = *traceback = NULL;
}
void PyErr_Restore(void *type, void *value, void *traceback) {}
void Py_DecRef(void *object) {}
const char *PyModule_GetName(void *module)
{
	return "laid";
}

int main(void)
{
	void *library = dlopen("./laid.so", RTLD_NOW);
	void *(*init)(void) = library ? (void *(*)(void))dlsym(library, "PyInit_laid") : NULL;
	struct definition *definition = init ? init() : NULL;
	for (struct slot *slot = definition ? definition->slots : NULL; slot && slot->number;
	     slot++)
		printf("slot %d: %d\n", slot->number, ((int (*)(void *))slot->value)(definition));
	return !definition;
}

#endif
