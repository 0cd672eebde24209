/* SPDX-License-Identifier: MIT */
/*
 * An extension module that is sabotaged: BEFORE runs where its init function begins,
 * EXEC in the exec function that it then has.
 */
#include <Python.h>

#ifdef EXEC
static int execute(PyObject *module)
{
	EXEC;
	return 0;
}

static PyModuleDef_Slot slots[] = { { Py_mod_exec, execute }, { 0, NULL } };

static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, .m_name = "spam",
					 .m_slots = slots };

PyMODINIT_FUNC PyInit_spam(void)
{
	return PyModuleDef_Init(&definition);
}
#else
static struct PyModuleDef module = { PyModuleDef_HEAD_INIT, .m_name = "spam", .m_size = -1 };

PyMODINIT_FUNC PyInit_spam(void)
{
#ifdef BEFORE
	BEFORE;
#endif
	return PyModule_Create(&module);
}
#endif
