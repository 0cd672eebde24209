/* SPDX-License-Identifier: MIT */
/*
 * CPython's multi-phase initialisation (PEP 489): the create and exec functions of
 * a module definition.
 *
 * The definition stays the object that it is, because identity matters
 * (PyModule_GetDef, PyType_GetModuleByDef, the extensions cache); its m_slots is
 * pointed to a copy of the array with thunks in the place of the functions.
 * Nothing in CPython 3.5 to 3.14 keeps or compares the array itself.  Not the array
 * is patched, since it may be constant; no slot is added, since an unknown one is
 * an error.  Copies live for ever, as definitions do.
 */
#include "cpython.h"

#include <stddef.h>
#include <string.h>

#include "counters.h"
#include "thunk_pool.h"
#include "trace.h"

/* PyModuleDef_Slot; numbers of Include/moduleobject.h, and their aliases of 3.15
 * (PEP 820) */
struct slot {
	int number;
	void *value;
};

enum { SLOT_END = 0, CREATE = 1, EXEC = 2, CREATE_315 = 84, EXEC_315 = 85, SLOTS_MAX = 64 };

/* Where m_slots stands in PyModuleDef: behind the object's header and seven words. */
static struct slot **slots_member(const struct cpython *python, void *definition)
{
	size_t header = cpython_header_words(python);
	return header ? (struct slot **)((uintptr_t *)definition + header + 7) : NULL;
}

/* --- what is written ---------------------------------------------------------- */

/* An attribute without running Python code: the type has nothing of that name, which
 * could be a property, and does not define how attributes are had. */
static void *plain_attribute(const struct cpython *python, void *object, const char *name)
{
	enum { TP_GETATTRO = 58 }; /* Py_tp_getattro, Include/typeslots.h */
	size_t header = cpython_header_words(python);
	if (!header || !python->PyType_GetSlot || !python->_PyType_Lookup || !python->PyUnicode_FromString ||
	    !python->PyObject_GetAttrString)
		return NULL;
	void *type = ((void **)object)[header - 1];
	void *text = python->PyUnicode_FromString(name);
	bool plain = text && !python->_PyType_Lookup(type, text) &&
		     python->PyType_GetSlot(type, TP_GETATTRO) == (void *)python->PyObject_GenericGetAttr;
	if (text)
		python->Py_DecRef(text);
	return plain ? python->PyObject_GetAttrString(object, name) : NULL;
}

/* Full name of the module that the function is called for: exec gets the module,
 * create the spec.  With the error indicator set aside. */
static const char *module_name(const struct cpython *python, const struct thunk *thunk, void *argument)
{
	void *type, *value, *traceback, *name = NULL;
	const char *text = NULL;
	if (!python->PyErr_Fetch || !python->PyErr_Restore || !python->Py_DecRef)
		return "";
	python->PyErr_Fetch(&type, &value, &traceback);
	if (THUNK_GET(thunk->slot) == SLOT_EXEC) {
		text = python->PyModule_GetName ? python->PyModule_GetName(argument) : NULL;
	} else if (python->PyUnicode_AsUTF8) {
		name = plain_attribute(python, argument, "name");
		text = name ? python->PyUnicode_AsUTF8(name) : NULL;
	}
	char *copy = strncpy(dlscope_thread.block->scratch, text ? text : "", DL_TEXT_MAX);
	copy[DL_TEXT_MAX] = '\0';
	if (name)
		python->Py_DecRef(name);
	python->PyErr_Restore(type, value, traceback);
	return copy;
}

static void before_slot(struct span *span, const struct thunk *thunk, const intptr_t *arguments)
{
	span->call.init_call = THUNK_GET(thunk->call);
	span->call.slot = (uint8_t)THUNK_GET(thunk->slot);
	span->call.slot_index = THUNK_GET(thunk->index);
	span->call.address = (uintptr_t)thunk->function;
	span->call.module_context = module_name(cpython_get(), thunk, (void *)arguments[0]);
	span_emit(span, EVENT_slot_begin);
}

static void after_slot(struct span *span, const struct thunk *thunk, intptr_t result)
{
	span->call.outcome = INIT_RETURNED;
	span->call.result = (uint64_t)result;
	/* exec returns int, of which the upper half of the register says nothing */
	bool failed = THUNK_GET(thunk->slot) == SLOT_EXEC ? (int)result != 0 : result == 0;
	span->call.failed = cpython_read_exception(span) || failed;
}

static const struct thunk_role slot_role = {
	.begin_event = EVENT_slot_begin, .end_event = EVENT_slot_end, .unwound = INIT_UNWOUND,
	.before = before_slot, .after = after_slot,
};

/* --- wrapping ------------------------------------------------------------------- */

static bool is_timed(const struct slot *slot, uint32_t *kind)
{
	bool exec = slot->number == EXEC || slot->number == EXEC_315;
	*kind = exec ? SLOT_EXEC : SLOT_CREATE;
	return slot->value && (exec || slot->number == CREATE || slot->number == CREATE_315);
}

static struct slot *make_copy(const struct slot *slots, size_t count)
{
	static struct slot arena[16384];
	static uint64_t used;
	uint64_t at = __atomic_fetch_add(&used, count, __ATOMIC_RELAXED);
	if (at + count > sizeof arena / sizeof arena[0])
		return NULL;
	return memcpy(&arena[at], slots, count * sizeof slots[0]);
}

static void wrap_slot(struct span *span, struct slot *slot, uint32_t index)
{
	uint32_t kind;
	if (!is_timed(slot, &kind))
		return;
	/* keyed by its place: two definitions may share a function */
	struct thunk *thunk = thunk_for((uintptr_t)slot);
	if (!thunk) {
		counter_add(&span->process->counters.thunks_exhausted, 1);
		return;
	}
	thunk->function = slot->value;
	thunk->slot = kind;
	thunk->index = index;
	THUNK_SET(thunk->call, span->call.call);
	THUNK_SET(thunk->role, &slot_role);
	slot->value = thunk_address(thunk);
}

/* The same definition comes back from every import of its module: the copy is there
 * already, and its spans now belong to this one. */
static bool renew(const struct span *span, const struct slot *slots)
{
	bool ours = false;
	for (size_t i = 0; i < SLOTS_MAX && slots[i].number != SLOT_END; i++) {
		struct thunk *thunk = thunk_at(slots[i].value);
		if (thunk && THUNK_GET(thunk->role) == &slot_role) {
			THUNK_SET(thunk->call, span->call.call);
			ours = true;
		}
	}
	return ours;
}

void cpython_wrap_slots(struct span *span, void *definition)
{
	const struct cpython *python = cpython_get();
	struct slot **member = slots_member(python, definition);
	struct slot *slots = member ? __atomic_load_n(member, __ATOMIC_ACQUIRE) : NULL;
	if (!slots || !trace_on(EVENT_slot_end) || renew(span, slots))
		return;
	size_t count = 0;
	while (count < SLOTS_MAX && slots[count].number != SLOT_END)
		count++;
	struct slot *copy = count < SLOTS_MAX ? make_copy(slots, count + 1) : NULL;
	if (!copy)
		return;
	for (uint32_t i = 0; i < count; i++)
		wrap_slot(span, &copy[i], i);
	/* another thread, with a GIL of its own or none, may do the same */
	__atomic_compare_exchange_n(member, &slots, copy, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}
