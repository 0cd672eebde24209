/* SPDX-License-Identifier: MIT */
/*
 * CPython, from inside its process: what of its exported API the shim uses.
 *
 * All of it is looked up in the object that showed itself to be the interpreter
 * (the executable or libpython), so nothing here is linked.  The shim never waits
 * for the GIL: core developers hold that it comes before the loader's lock, and
 * hooks run with the latter held.
 */
#ifndef DLSCOPE_CPYTHON_H
#define DLSCOPE_CPYTHON_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dl_call.h"
#include "process.h"
#include "span.h"

struct cpython_inittab { /* struct _inittab, Include/cpython/import.h */
	const char *name;
	void *initfunc;
};

/*
 * X(name, result, arguments): NULL where this version does not export it.
 *
 * _PyThreadState_UncheckedGet is 3.8 to 3.12, PyThreadState_GetUnchecked 3.13 and
 * later; PyThreadState_GetFrame, PyThreadState_GetInterpreter, PyFrame_GetBack and
 * PyFrame_GetCode came with 3.9; _PyInterpreterState_Get was 3.8;
 * PyGC_Disable with 3.10; _Py_IsFinalizing was 3.7 to 3.12.  2.7 has text in
 * PyString objects.
 */
#define CPYTHON_FUNCTIONS(X) \
	X(Py_IsInitialized, int, (void)) \
	X(Py_IsFinalizing, int, (void)) \
	X(_Py_IsFinalizing, int, (void)) \
	X(_PyThreadState_UncheckedGet, void *, (void)) \
	X(PyThreadState_GetUnchecked, void *, (void)) \
	X(PyGILState_GetThisThreadState, void *, (void)) \
	X(PyThreadState_GetFrame, void *, (void *)) \
	X(PyThreadState_GetInterpreter, void *, (void *)) \
	X(_PyInterpreterState_Get, void *, (void)) \
	X(PyInterpreterState_GetID, int64_t, (void *)) \
	X(PyEval_GetFrame, void *, (void)) \
	X(PyFrame_GetBack, void *, (void *)) \
	X(PyFrame_GetCode, void *, (void *)) \
	X(PyFrame_GetLineNumber, int, (void *)) \
	X(PyObject_GetAttrString, void *, (void *, const char *)) \
	X(PyObject_GetAttr, void *, (void *, void *)) \
	X(PyUnicode_AsUTF8, const char *, (void *)) \
	X(PyString_AsString, const char *, (void *)) \
	X(PyErr_Occurred, void *, (void)) \
	X(PyModule_GetName, const char *, (void *)) \
	X(PyType_IsSubtype, int, (void *, void *)) \
	X(PyType_GetSlot, void *, (void *, int)) \
	X(_PyType_Lookup, void *, (void *, void *)) \
	X(PyObject_GenericGetAttr, void *, (void *, void *)) \
	X(PyUnicode_FromString, void *, (const char *)) \
	X(PyUnicode_InternFromString, void *, (const char *)) \
	X(PyString_InternFromString, void *, (const char *)) \
	X(PyLong_AsLong, long, (void *)) \
	X(PyTuple_Size, intptr_t, (void *)) \
	X(PyTuple_GetItem, void *, (void *, intptr_t)) \
	X(PyImport_GetModuleDict, void *, (void)) \
	X(PyImport_AppendInittab, int, (const char *, void *)) \
	X(PyImport_ExtendInittab, int, (struct cpython_inittab *)) \
	X(PyDict_GetItemString, void *, (void *, const char *)) \
	X(PyErr_Fetch, void, (void **, void **, void **)) \
	X(PyErr_Restore, void, (void *, void *, void *)) \
	X(Py_DecRef, void, (void *)) \
	X(Py_IncRef, void, (void *)) \
	X(PyGC_Disable, int, (void)) \
	X(PyGC_Enable, int, (void))

/* X(name, type): exported variables. */
#define CPYTHON_VARIABLES(X) \
	X(Py_Version, const unsigned long) \
	X(PyModuleDef_Type, uintptr_t) \
	X(PyModule_Type, uintptr_t) \
	X(PyType_Type, uintptr_t) \
	X(PyString_Type, uintptr_t) \
	X(PyUnicode_Type, uintptr_t) \
	X(PyInt_Type, uintptr_t) \
	X(PyLong_Type, uintptr_t) \
	X(PyTuple_Type, uintptr_t) \
	X(_Py_NoneStruct, uintptr_t) \
	X(PyExc_BaseException, void *) \
	X(PyImport_Inittab, struct cpython_inittab *) \
	X(_PyThreadState_Current, void *) \
	X(_Py_PackageContext, const char *)

struct cpython {
#define X(name, result, arguments) result(*name) arguments;
	CPYTHON_FUNCTIONS(X)
#undef X
#define X(name, type) type *name;
	CPYTHON_VARIABLES(X)
#undef X
};

/* The interpreter of this process, or NULL while none has been met. */
const struct cpython *cpython_get(void);

/* runtime_attach: meets the interpreter, wraps its built-in modules. */
void cpython_attach(struct process *process, const struct link_map *map);

/* Does this thread run Python code at this moment, that is: may its frames and
 * objects be touched?  Never waits; when in doubt, no. */
bool cpython_thread_is_running(const struct cpython *python, void **thread_state);

/* Full name of the module whose init function is running, or NULL: 3.8 to 3.11
 * keep it in _Py_PackageContext (Python/importdl.c). */
const char *cpython_module_context(void);

/* Is the GIL this thread's own in a function that the span timed?  It is where the
 * interpreter itself called: it does not without. */
bool cpython_span_has_gil(const struct span *span);

/* Number of the interpreter that a thread which has the GIL runs, plus 1; 0 up to 3.7. */
uint32_t cpython_interpreter(const struct cpython *python);

/* Words that objects begin with, the last of which is the type: two in the usual
 * build, four in others (3.13 free-threaded; Py_TRACE_REFS up to 3.12).  0: of a
 * layout that is not known here. */
size_t cpython_header_words(const struct cpython *python);

/* An init function has just returned: fills in what its result is, whether that
 * says that it failed, and the exception that it left. */
void cpython_init_returned(struct span *span, intptr_t result);

/* The same for an export hook (3.15), which returns no object. */
void cpython_hook_returned(struct span *span, intptr_t result);

/* Fills in the exception that is set, if one is (cpython_exception.c). */
bool cpython_read_exception(struct span *span);

/* Is it Python 2? */
bool cpython_is_2(const struct cpython *python);

/* An init function has returned a module definition, or a hook an array of slots:
 * fills in how many exec functions it has and what it says of sub-interpreters. */
void cpython_read_definition(struct span *span, void *definition);
void cpython_read_export(struct span *span, intptr_t result);

/* An init function has returned a module definition: makes its create and exec
 * functions thunks (cpython_slots.c). */
void cpython_wrap_slots(struct span *span, void *definition);

/* An export hook has returned an array of slots: the one to hand on in its place. */
intptr_t cpython_wrap_export(struct span *span, intptr_t result);

/* Makes the init functions of the built-in modules thunks (cpython_inittab.c). */
void cpython_wrap_inittab(struct process *process, const struct cpython *python);

/* Makes calls of the functions by which a program adds built-in modules come to us:
 * from the objects that are mapped now, and by what a lookup found. */
void cpython_wrap_callers(const struct cpython *python);
void *cpython_wrap_lookup(void *function);

#endif
