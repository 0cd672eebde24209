/* SPDX-License-Identifier: MIT */
/*
 * Modules with export hooks (PEP 793, PEP 820; CPython 3.15 and later), each in a file
 * of its name.  `token_kept` of a module says whether its token is what it is without
 * a tracer.
 */
#include <Python.h>

PyABIInfo_VAR(abi_info);

static int check_token(PyObject *module, const void *expected)
{
	void *token;
	if (PyModule_GetToken(module, &token) < 0)
		return -1;
	return PyModule_AddIntConstant(module, "token_kept", token == expected);
}

#define HOOK(name, ...) \
	static int name##_exec(PyObject *module); \
	static PySlot name##_slots[] = { PySlot_DATA(Py_mod_abi, &abi_info), \
					 PySlot_DATA(Py_mod_name, #name), __VA_ARGS__, \
					 PySlot_END }; \
	PyMODEXPORT_FUNC PyModExport_##name(void) \
	{ \
		return name##_slots; \
	} \
	static int name##_exec(PyObject *module)

HOOK(plain, PySlot_FUNC(Py_mod_exec, plain_exec))
{
	return check_token(module, plain_slots);
}

static char own_token;
HOOK(named, PySlot_FUNC(Py_mod_exec, named_exec), PySlot_DATA(Py_mod_token, &own_token))
{
	return check_token(module, &own_token);
}

static PyObject *create(PyObject *spec, void *nothing)
{
	PyObject *name = PyObject_GetAttrString(spec, "name");
	PyObject *module = name ? PyModule_NewObject(name) : NULL;
	Py_XDECREF(name);
	return module;
}

static PySlot inner_slots[] = { PySlot_FUNC(Py_mod_create, create), PySlot_END };
static int nested_exec(PyObject *module);
static PyModuleDef_Slot old_slots[] = { { Py_mod_exec, (void *)nested_exec }, { 0, NULL } };
static PySlot nested_slots[] = {
	PySlot_DATA(Py_mod_abi, &abi_info),
	PySlot_STATIC_DATA(Py_slot_subslots, inner_slots),
	PySlot_STATIC_DATA(Py_mod_slots, old_slots),
	PySlot_END,
};
static int nested_exec(PyObject *module)
{
	return PyModule_AddIntConstant(module, "token_kept", 1);
}
PyMODEXPORT_FUNC PyModExport_nested(void)
{
	return nested_slots;
}

HOOK(fails, PySlot_FUNC(Py_mod_exec, fails_exec))
{
	PyErr_SetString(PyExc_ImportError, "not today");
	return -1;
}

PyMODEXPORT_FUNC PyModExport_silent(void)
{
	return NULL;
}

/* Its init function must not be called. */
HOOK(both, PySlot_FUNC(Py_mod_exec, both_exec))
{
	return check_token(module, both_slots);
}
PyMODINIT_FUNC PyInit_both(void)
{
	PyErr_SetString(PyExc_SystemError, "called");
	return NULL;
}

/* caf\u00e9 */
static int cafe_exec(PyObject *module)
{
	return PyModule_AddIntConstant(module, "token_kept", 1);
}
static PySlot cafe_slots[] = { PySlot_DATA(Py_mod_abi, &abi_info),
			       PySlot_FUNC(Py_mod_exec, cafe_exec), PySlot_END };
PyMODEXPORT_FUNC PyModExportU_caf_dma(void)
{
	return cafe_slots;
}
