/* SPDX-License-Identifier: MIT */
/*
 * Modules of each way of initialisation, each in a file of its name, which report by
 * `identity` whether CPython still knows their definition by its address.
 */
#include <Python.h>

#if PY_MAJOR_VERSION == 2

static PyMethodDef no_functions[] = { { NULL, NULL, 0, NULL } };

PyMODINIT_FUNC initsingle(void)
{
	Py_InitModule("single", no_functions);
}
PyMODINIT_FUNC initsecond(void)
{
	Py_InitModule("second", no_functions);
}
PyMODINIT_FUNC initdeep(void)
{
	Py_InitModule("deep", no_functions);
}

#else

static PyObject *identity(PyObject *module, PyObject *unused);
static PyMethodDef functions[] = { { "identity", identity, METH_NOARGS, NULL },
				   { NULL, NULL, 0, NULL } };

/* --- single-phase ---------------------------------------------------------------- */

#define SINGLE(name, size) \
	static struct PyModuleDef name##_definition = { PyModuleDef_HEAD_INIT, #name, NULL, size, \
							functions }; \
	PyMODINIT_FUNC PyInit_##name(void) \
	{ \
		return PyModule_Create(&name##_definition); \
	}

SINGLE(single, 8)  /* copied, or its init function called again, at a second import */
SINGLE(global, -1) /* handed out from CPython's copy */

/* --- multi-phase ----------------------------------------------------------------- */

static PyType_Slot no_type_slots[] = { { 0, NULL } };
static PyType_Spec own_type = { "several.Own", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT,
				no_type_slots };

static PyObject *create(PyObject *spec, PyModuleDef *definition)
{
	PyObject *name = PyObject_GetAttrString(spec, "name");
	PyObject *module = name ? PyModule_NewObject(name) : NULL;
	Py_XDECREF(name);
	return module;
}

static int count(PyObject *module, const char *name)
{
	PyObject *value = PyObject_GetAttrString(module, name);
	long number = value ? PyLong_AsLong(value) : 0;
	Py_XDECREF(value);
	PyErr_Clear();
	return PyModule_AddIntConstant(module, name, number + 1);
}

static int first(PyObject *module)
{
	return count(module, "executed");
}
static int second(PyObject *module)
{
	return count(module, "executed");
}

static int third(PyObject *module)
{
#if PY_VERSION_HEX >= 0x03090000
	PyObject *type = PyType_FromModuleAndSpec(module, &own_type, NULL);
#else
	PyObject *type = PyType_FromSpec(&own_type);
#endif
	return !type || PyModule_AddObject(module, "Own", type) < 0 ? -1
								    : count(module, "executed");
}

#define MULTI(name, symbol, ...) \
	static PyModuleDef_Slot name##_slots[] = { __VA_ARGS__{ 0, NULL } }; \
	static struct PyModuleDef name##_definition = { \
		PyModuleDef_HEAD_INIT, #name, NULL, 16, functions, name##_slots \
	}; \
	PyMODINIT_FUNC symbol(void) \
	{ \
		return PyModuleDef_Init(&name##_definition); \
	}

#define EXEC(function) { Py_mod_exec, (void *)function },

MULTI(several, PyInit_several, EXEC(first) EXEC(second) EXEC(third))
MULTI(made, PyInit_made, { Py_mod_create, (void *)create }, EXEC(first))
MULTI(deep, PyInit_deep, EXEC(first))
MULTI(hyphen, PyInit_a_b, EXEC(first))
MULTI(cafe, PyInitU_caf_dma, EXEC(first))
MULTI(mixed, PyInitU_a_caf_fsa, EXEC(first))

/* --- what CPython says of them ----------------------------------------------------- */

static int is_single(struct PyModuleDef *definition)
{
	return definition == &single_definition || definition == &global_definition;
}

static PyObject *identity(PyObject *module, PyObject *unused)
{
	struct PyModuleDef *definition = PyModule_GetDef(module);
	int found = 1;
	if (is_single(definition))
		found = PyState_FindModule(definition) != NULL;
#if PY_VERSION_HEX >= 0x030b0000
	PyObject *type = definition == &several_definition ? PyObject_GetAttrString(module, "Own")
							   : NULL;
	if (type)
		found = PyType_GetModuleByDef((PyTypeObject *)type, &several_definition) == module;
	Py_XDECREF(type);
#endif
	return PyBool_FromLong(found &&
			       (is_single(definition) || definition == &several_definition ||
				definition == &made_definition || definition == &deep_definition));
}

#endif
