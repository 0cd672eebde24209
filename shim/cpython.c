/* SPDX-License-Identifier: MIT */
/* Meeting CPython: see cpython.h. */
#include "cpython.h"

#include <stddef.h>
#include <string.h>

#include "conventions.h"
#include "counters.h"
#include "elf_image.h"
#include "runtimes.h"

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

/* A program that is linked with libpython and names a variable of it has a copy, which is
 * the one that libpython uses as well (R_X86_64_COPY). */
static uintptr_t variable_address(const struct link_map *map, const char *name)
{
	uintptr_t copy = address_of(_r_debug.r_map, name);
	return copy ? copy : address_of(map, name);
}

static rule_set own_rules; /* those that hold for calls by the interpreter */

void cpython_attach(struct process *process, const struct link_map *map)
{
	if (!cpython_get()) {
		own_rules = conventions_of(RUNTIME_BIT(RUNTIME_cpython) |
					   RUNTIME_BIT(RUNTIME_cpython2));
#define X(name, result, arguments) interpreter.name = (result(*) arguments)address_of(map, #name);
		CPYTHON_FUNCTIONS(X)
#undef X
#define X(name, type) interpreter.name = (type *)variable_address(map, #name);
		CPYTHON_VARIABLES(X)
#undef X
		__atomic_store_n(&met, &interpreter, __ATOMIC_RELEASE);
	}
	cpython_wrap_inittab(process, &interpreter);
	cpython_wrap_callers(&interpreter);
}

static bool is_finalizing(const struct cpython *python)
{
	int (*finalizing)(void) = python->Py_IsFinalizing ? python->Py_IsFinalizing
							  : python->_Py_IsFinalizing;
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

static bool is_thread_local(const struct cpython *python)
{
	return python->Py_Version && *python->Py_Version >= 0x030c0000;
}

/* From 3.12 on the current thread state is thread-local (Python/pystate.c).  Before,
 * it is that of whoever holds the GIL, and this thread's own only if it is the one
 * that the thread has for PyGILState_Ensure(); a thread in a sub-interpreter is then
 * refused.  Not PyGILState_Check(), which says 1 when it cannot tell, and not
 * PyThreadState_Get(), which aborts when there is none. */
bool cpython_thread_is_running(const struct cpython *python, void **thread_state)
{
	if (!python->PyGILState_GetThisThreadState || !python->Py_IsInitialized ||
	    !python->Py_IsInitialized() || is_finalizing(python))
		return false;
	*thread_state = current_state(python);
	return *thread_state && (is_thread_local(python) ||
				 *thread_state == python->PyGILState_GetThisThreadState());
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

/* The basic sizes of two types tell: PyModuleDef is 11 words behind the object's
 * header, PyStringObject (2.7) 16 bytes and its terminating NUL byte behind that and
 * ob_size.  tp_basicsize is the third word behind the header. */
size_t cpython_header_words(const struct cpython *python)
{
	const uintptr_t *type = cpython_is_2(python) ? python->PyString_Type
						     : python->PyModuleDef_Type;
	uintptr_t rest = cpython_is_2(python) ? 21 : 88;
	for (size_t words = 2; type && words <= 4; words += 2)
		if (type[words + 2] == words * sizeof(uintptr_t) + rest)
			return words;
	return 0;
}

bool cpython_span_has_gil(const struct span *span)
{
	const struct cpython *python = cpython_get();
	void *thread_state;
	if (!python) /* objects are not recorded, so none was met */
		return false;
	return (span->caller.rules & own_rules && current_state(python)) ||
	       cpython_thread_is_running(python, &thread_state);
}

uint32_t cpython_interpreter(const struct cpython *python)
{
	void *state = NULL;
	if (!python->PyInterpreterState_GetID)
		return 0;
	if (python->PyThreadState_GetInterpreter)
		state = python->PyThreadState_GetInterpreter(current_state(python));
	else if (python->_PyInterpreterState_Get)
		state = python->_PyInterpreterState_Get();
	return state ? (uint32_t)python->PyInterpreterState_GetID(state) + 1 : 0;
}

/* 2.7 looks for the module under its full name, which _Py_PackageContext was before
 * the call if it has a dot (Python/importdl.c _PyImport_LoadDynamicModule). */
static bool is_in_modules(const struct cpython *python, const struct span *span)
{
	const char *name = *span->call.module_context ? span->call.module_context
						      : span->call.symbol + strlen("init");
	if (!python->PyImport_GetModuleDict || !python->PyDict_GetItemString ||
	    !cpython_span_has_gil(span))
		return true;
	return python->PyDict_GetItemString(python->PyImport_GetModuleDict(), name) != NULL;
}

static void init2_returned(const struct cpython *python, struct span *span)
{
	span->call.kind = INIT_SINGLE_PHASE;
	if (cpython_read_exception(span)) {
		span->call.failed = true;
	} else if (strcmp(span->call.convention, "cpython2_init") == 0 &&
		   !is_in_modules(python, span)) {
		span->call.kind = INIT_NOT_A_MODULE;
		span->call.failed = true;
	}
}

/* In the order of Python/importdl.c _PyImport_LoadDynamicModuleWithSpec (3.11), and
 * _PyImport_RunModInitFunc (3.13).  Without a known layout only the type itself can
 * be compared, wherever it may stand. */
static enum init_kind kind_of(const struct cpython *python, const uintptr_t *object)
{
	size_t header = cpython_header_words(python);
	uintptr_t *type = (uintptr_t *)object[header ? header - 1 : 1];
	if (!header)
		return object[1] == (uintptr_t)python->PyModuleDef_Type ? INIT_MULTI_PHASE
									: INIT_OTHER;
	if (!type)
		return INIT_UNINITIALIZED;
	if (type == python->PyModuleDef_Type)
		return INIT_MULTI_PHASE;
	if (!python->PyModule_Type || !python->PyType_IsSubtype ||
	    python->PyType_IsSubtype(type, python->PyModule_Type))
		return INIT_SINGLE_PHASE;
	return INIT_NOT_A_MODULE;
}

void cpython_init_returned(struct span *span, intptr_t result)
{
	const struct cpython *python = cpython_get();
	if (!python) {
		span->call.failed = result == 0;
		return;
	}
	if (cpython_is_2(python)) {
		init2_returned(python, span);
		return;
	}
	bool exception = cpython_read_exception(span);
	if (result && !cpython_header_words(python))
		counter_add(&span->process->counters.layouts_unknown, 1);
	span->call.kind = result ? (uint8_t)kind_of(python, (const uintptr_t *)result) : INIT_OTHER;
	if (span->call.kind == INIT_MULTI_PHASE)
		cpython_read_definition(span, (void *)result);
	/* a name that is not ASCII may only be had by multi-phase modules (PEP 489) */
	bool unfit = span->call.kind == INIT_SINGLE_PHASE &&
		     strncmp(span->call.symbol, "PyInitU_", 8) == 0;
	span->call.failed = result == 0 || exception || unfit ||
			    span->call.kind == INIT_UNINITIALIZED ||
			    span->call.kind == INIT_NOT_A_MODULE;
}

void cpython_hook_returned(struct span *span, intptr_t result)
{
	span->call.failed = cpython_read_exception(span) || result == 0;
	cpython_read_export(span, result);
}
