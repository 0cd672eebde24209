/* SPDX-License-Identifier: MIT */
/*
 * One library with many modules, each of which goes wrong in its own way: the tests
 * link a file of each module's name to it.  For CPython 2.7 and 3.6 to 3.15.
 */
#include <Python.h>

#include <stdio.h>
#include <stdlib.h>

#if PY_MAJOR_VERSION >= 3

#define DEFINITION(name, slots) \
	static struct PyModuleDef name##_definition = { \
		PyModuleDef_HEAD_INIT, #name, NULL, 0, NULL, slots, \
	}
#define MULTI_PHASE(name, number, function) \
	static PyModuleDef_Slot name##_slots[] = { \
		{ number, (void *)function }, \
		{ 0, NULL }, \
	}; \
	DEFINITION(name, name##_slots); \
	PyMODINIT_FUNC PyInit_##name(void) \
	{ \
		return PyModuleDef_Init(&name##_definition); \
	}

static int raise_import_error(PyObject *module)
{
	PyErr_SetString(PyExc_ImportError, "numpy.core.multiarray failed to import");
	return -1;
}

static int fail_silently(PyObject *module)
{
	return -1;
}

static int leave_exception(PyObject *module)
{
	PyErr_Format(PyExc_ValueError, "stray %d", 7);
	return 0;
}

static PyObject *create_raises(PyObject *spec, PyModuleDef *definition)
{
	PyErr_SetString(PyExc_RuntimeError, "no device");
	return NULL;
}

static PyObject *create_silently(PyObject *spec, PyModuleDef *definition)
{
	return NULL;
}

/* An exception of the program's own, whose __str__ would be noticed. */
static int raise_own(PyObject *module)
{
	PyObject *type = PySys_GetObject("own_exception");
	PyObject *value = PyObject_CallFunction(type, "sisO", "first", -3, "last", type);
	PyErr_SetObject(type, value);
	Py_XDECREF(value);
	return -1;
}

MULTI_PHASE(exec_raises, Py_mod_exec, raise_import_error)
MULTI_PHASE(exec_silent, Py_mod_exec, fail_silently)
MULTI_PHASE(exec_stray, Py_mod_exec, leave_exception)
MULTI_PHASE(exec_own, Py_mod_exec, raise_own)
MULTI_PHASE(create_fails, Py_mod_create, create_raises)
MULTI_PHASE(create_silent, Py_mod_create, create_silently)

DEFINITION(spam, NULL);
PyMODINIT_FUNC PyInit_spam(void)
{
	return PyModule_Create(&spam_definition);
}

PyMODINIT_FUNC PyInit_spam_aborts(void)
{
	abort();
}

PyMODINIT_FUNC PyInit_where(void)
{
	printf("where is python?\n");
	return NULL;
}

PyMODINIT_FUNC PyInit_raises(void)
{
	errno = 2;
	return PyErr_SetFromErrnoWithFilename(PyExc_OSError, "/dev/spam");
}

DEFINITION(stray, NULL);
PyMODINIT_FUNC PyInit_stray(void)
{
	PyObject *module = PyModule_Create(&stray_definition);
	PyErr_SetString(PyExc_TypeError, "left behind");
	return module;
}

DEFINITION(raw, NULL);
PyMODINIT_FUNC PyInit_raw(void)
{
	return (PyObject *)&raw_definition;
}

PyMODINIT_FUNC PyInit_text(void)
{
	return PyUnicode_FromString("no module");
}

DEFINITION(cafe, NULL);
/* caf\u00e9 */
PyMODINIT_FUNC PyInitU_caf_dma(void)
{
	return PyModule_Create(&cafe_definition);
}

#else

PyMODINIT_FUNC initspam(void)
{
	Py_InitModule("spam", NULL);
}

PyMODINIT_FUNC initspam_aborts(void)
{
	abort();
}

PyMODINIT_FUNC initwhere(void)
{
	printf("where is python?\n");
}

PyMODINIT_FUNC initraises(void)
{
	PyErr_SetString(PyExc_ImportError, "no luck");
}

#endif
