/* SPDX-License-Identifier: MIT */
/* Meeting CPython: see cpython.h. */
#include "cpython.h"

#include <stddef.h>

#include "elf_image.h"

static struct cpython interpreter;
static const struct cpython *met;

const struct cpython *cpython_get(void)
{
	return __atomic_load_n(&met, __ATOMIC_ACQUIRE);
}

static uintptr_t address_of(const struct link_map *map, const char *name)
{
	struct elf_symbol symbol;
	return elf_find_symbol(map, name, &symbol) ? symbol.address : 0;
}

void cpython_attach(struct process *process, const struct link_map *map)
{
	if (!cpython_get()) {
#define X(name, result, arguments) interpreter.name = (result(*) arguments)address_of(map, #name);
		CPYTHON_FUNCTIONS(X)
#undef X
#define X(name, type) interpreter.name = (type *)address_of(map, #name);
		CPYTHON_VARIABLES(X)
#undef X
		__atomic_store_n(&met, &interpreter, __ATOMIC_RELEASE);
	}
	cpython_wrap_inittab(process, &interpreter);
}

static bool is_finalizing(const struct cpython *python)
{
	int (*finalizing)(void) = python->Py_IsFinalizing ? python->Py_IsFinalizing : python->_Py_IsFinalizing;
	return finalizing && finalizing();
}

static void *current_state(const struct cpython *python)
{
	if (python->PyThreadState_GetUnchecked)
		return python->PyThreadState_GetUnchecked();
	if (python->_PyThreadState_UncheckedGet)
		return python->_PyThreadState_UncheckedGet();
	/* 2.7; 3.5 and 3.6 have a structure of atomics in its place, and the function */
	return python->_PyThreadState_Current ? *python->_PyThreadState_Current : NULL;
}

/* The current thread state is this thread's own: up to 3.11 the former is that of
 * whoever holds the GIL, from 3.12 on it is thread-local (Python/pystate.c).  Not
 * PyGILState_Check(), which says 1 when it cannot tell, and not PyThreadState_Get(),
 * which aborts when there is none.  A thread in a sub-interpreter may be refused. */
bool cpython_thread_is_running(const struct cpython *python, void **thread_state)
{
	if (!python->PyGILState_GetThisThreadState || !python->Py_IsInitialized ||
	    !python->Py_IsInitialized() || is_finalizing(python))
		return false;
	*thread_state = current_state(python);
	return *thread_state && *thread_state == python->PyGILState_GetThisThreadState();
}

const char *cpython_module_context(void)
{
	const struct cpython *python = cpython_get();
	return python && python->_Py_PackageContext ? *python->_Py_PackageContext : NULL;
}

bool cpython_is_2(const struct cpython *python)
{
	return !python->PyModuleDef_Type;
}

/* In 2.7 an init function returns nothing, and has failed if it left an exception
 * (Python/importdl.c). */
bool cpython_init_failed(intptr_t result)
{
	const struct cpython *python = cpython_get();
	if (python && cpython_is_2(python))
		return python->PyErr_Occurred && python->PyErr_Occurred();
	return result == 0;
}

/* ob_type stands behind ob_refcnt, and in free-threaded (3.13) and Py_TRACE_REFS
 * (up to 3.12) builds behind two words more (Include/object.h). */
enum init_kind cpython_init_kind(intptr_t result)
{
	const struct cpython *python = cpython_get();
	const uintptr_t *object = (const uintptr_t *)result;
	if (!python)
		return INIT_OTHER;
	if (cpython_is_2(python))
		return INIT_SINGLE_PHASE;
	if (!object)
		return INIT_OTHER;
	uintptr_t type = (uintptr_t)python->PyModuleDef_Type;
	return object[1] == type || object[3] == type ? INIT_MULTI_PHASE : INIT_SINGLE_PHASE;
}
