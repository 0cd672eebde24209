/* SPDX-License-Identifier: MIT */
/*
 * Modules that differ in what they say of sub-interpreters (Py_mod_multiple_interpreters,
 * CPython 3.12 and later), each in a file of its name.
 */
#include <Python.h>

static int execute(PyObject *module)
{
	return PyModule_AddIntConstant(module, "executed", 1);
}

#define MODULE(name, ...) \
	static PyModuleDef_Slot name##_slots[] = { { Py_mod_exec, (void *)execute }, \
						   __VA_ARGS__{ 0, NULL } }; \
	static struct PyModuleDef name##_definition = { \
		PyModuleDef_HEAD_INIT, #name, NULL, 0, NULL, name##_slots \
	}; \
	PyMODINIT_FUNC PyInit_##name(void) \
	{ \
		return PyModuleDef_Init(&name##_definition); \
	}

#ifdef Py_mod_multiple_interpreters
MODULE(own_gil, { Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED }, )
MODULE(main_only, { Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED }, )
#else
MODULE(own_gil, )
MODULE(main_only, )
#endif
MODULE(silent, )
