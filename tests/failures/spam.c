/* SPDX-License-Identifier: MIT */
/*
 * An extension module that is sabotaged: BEFORE runs where its init function begins.
 */
#include <Python.h>

static struct PyModuleDef module = { PyModuleDef_HEAD_INIT, .m_name = "spam", .m_size = -1 };

PyMODINIT_FUNC PyInit_spam(void)
{
#ifdef BEFORE
	BEFORE;
#endif
	return PyModule_Create(&module);
}
