/* SPDX-License-Identifier: MIT */
/*
 * A program that embeds Python and has modules of its own: `appended` and `extended`
 * are built in, and imported by the script given.  With LIBRARY defined, libpython is
 * loaded by dlopen and asked by dlsym for everything.  For 2.7 and 3.6 to 3.15.
 */
#include <Python.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef LIBRARY
static void *library;
#define FROM_PYTHON(name) ((__typeof__(&name))dlsym(library, #name))
#else
#define FROM_PYTHON(name) (&name)
#endif

#if PY_MAJOR_VERSION >= 3
#define INIT(name) PyInit_##name
static PyMethodDef no_methods[] = { { NULL, NULL, 0, NULL } };
static int execute(PyObject *module)
{
	return 0;
}
static PyModuleDef_Slot slots[] = { { Py_mod_exec, (void *)execute }, { 0, NULL } };
static struct PyModuleDef appended = {
	PyModuleDef_HEAD_INIT, "appended", NULL, 0, no_methods, slots
};
static struct PyModuleDef extended = { PyModuleDef_HEAD_INIT, "extended", NULL, -1, no_methods };

static PyObject *PyInit_appended(void)
{
	return FROM_PYTHON(PyModuleDef_Init)(&appended);
}
static PyObject *PyInit_extended(void)
{
	return FROM_PYTHON(PyModule_Create2)(&extended, PYTHON_API_VERSION);
}
#else
#define INIT(name) init##name
static void initappended(void)
{
	FROM_PYTHON(Py_InitModule4_64)("appended", NULL, NULL, NULL, PYTHON_API_VERSION);
}
static void initextended(void)
{
	FROM_PYTHON(Py_InitModule4_64)("extended", NULL, NULL, NULL, PYTHON_API_VERSION);
}
#endif

int main(int argc, char **argv)
{
	static struct _inittab more[] = { { "extended", INIT(extended) }, { NULL, NULL } };
#ifdef LIBRARY
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_GLOBAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 2;
	}
#endif
	if (FROM_PYTHON(PyImport_AppendInittab)("appended", INIT(appended)) ||
	    FROM_PYTHON(PyImport_ExtendInittab)(more))
		return 3;
	FROM_PYTHON(Py_InitializeEx)(0);
	int status = FROM_PYTHON(PyRun_SimpleStringFlags)(argv[1], NULL);
	FROM_PYTHON(Py_Finalize)();
	return status ? 1 : 0;
}
