/* SPDX-License-Identifier: MIT */
/*
 * A program with a finder of its own: modules linked into it, of which neither a library
 * nor the table of built-in modules tells.  `_finder` has what the finder needs; it calls
 * init functions through pointers, with the package context that CPython would set
 * (Python/importdl.c) where that can be had, and makes modules of what they return.  For 3.8 and later.
 */
#include <Python.h>

#include <string.h>

/* As _PyImport_SwapPackageContext() does from 3.12 on, which is not exported. */
static const char *swap_context(const char *context)
{
#if PY_VERSION_HEX < 0x030c0000
	extern const char *_Py_PackageContext;
	const char *before = _Py_PackageContext;
	_Py_PackageContext = context;
	return before;
#else
	return context;
#endif
}

static int execute(PyObject *module)
{
	return PyModule_AddIntConstant(module, "executed", 1);
}
static PyMethodDef no_functions[] = { { NULL, NULL, 0, NULL } };
static PyModuleDef_Slot slots[] = { { Py_mod_exec, (void *)execute }, { 0, NULL } };
static struct PyModuleDef multi = { PyModuleDef_HEAD_INIT, "multi", NULL, 0, no_functions, slots };
static struct PyModuleDef single = { PyModuleDef_HEAD_INIT, "single", NULL, -1, no_functions };

static PyObject *PyInit_multi(void)
{
	return PyModuleDef_Init(&multi);
}
static PyObject *PyInit_single(void)
{
	return PyModule_Create(&single);
}

static struct {
	const char *name; /* under which they are imported: "linked.<name>" */
	PyObject *(*init)(void);
} linked[] = { { "linked.multi", PyInit_multi }, { "linked.single", PyInit_single } };

static PyObject *make(const char *name, PyObject *(*init)(void), PyObject *spec)
{
	const char *before = swap_context(name);
	PyObject *result = init();
	swap_context(before);
	if (!result || !PyObject_TypeCheck(result, &PyModuleDef_Type))
		return result;
	return PyModule_FromDefAndSpec((PyModuleDef *)result, spec);
}

static PyObject *create(PyObject *self, PyObject *spec)
{
	PyObject *name = PyObject_GetAttrString(spec, "name"), *made = NULL;
	for (size_t i = 0; name && i < sizeof linked / sizeof linked[0]; i++)
		if (strcmp(PyUnicode_AsUTF8(name), linked[i].name) == 0)
			made = make(linked[i].name, linked[i].init, spec);
	Py_XDECREF(name);
	return made;
}

static PyObject *exec_module(PyObject *self, PyObject *module)
{
	PyModuleDef *definition = PyModule_GetDef(module);
	if (definition && definition->m_slots && PyModule_ExecDef(module, definition) < 0)
		return NULL;
	Py_RETURN_NONE;
}

static PyMethodDef functions[] = { { "create", create, METH_O, NULL },
				   { "exec_module", exec_module, METH_O, NULL },
				   { NULL, NULL, 0, NULL } };
static struct PyModuleDef finder = { PyModuleDef_HEAD_INIT, "_finder", NULL, -1, functions };
static PyObject *PyInit__finder(void)
{
	return PyModule_Create(&finder);
}

static const char script[] =
	"import sys, types, _finder\n"
	"from importlib.machinery import ModuleSpec\n"
	"class Finder:\n"
	"    def find_spec(self, name, path=None, target=None):\n"
	"        return ModuleSpec(name, self) if name.startswith('linked.') else None\n"
	"    def create_module(self, spec): return _finder.create(spec)\n"
	"    def exec_module(self, module): _finder.exec_module(module)\n"
	"sys.meta_path.append(Finder())\n"
	"package = sys.modules['linked'] = types.ModuleType('linked')\n"
	"package.__path__ = []\n"
	"import linked.multi, linked.single\n"
	"print(linked.multi.executed, linked.multi.__name__, linked.single.__name__.split('.')[-1])\n";

int main(void)
{
	if (PyImport_AppendInittab("_finder", PyInit__finder))
		return 3;
	Py_InitializeEx(0);
	int status = PyRun_SimpleString(script);
	Py_Finalize();
	return status ? 1 : 0;
}
