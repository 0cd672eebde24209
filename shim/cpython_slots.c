/* SPDX-License-Identifier: MIT */
/*
 * CPython's multi-phase initialisation: the create and exec functions of a module
 * definition (PEP 489), and of what an export hook returns (PEP 793, 820; 3.15).
 *
 * A definition stays the object that it is, because identity matters
 * (PyModule_GetDef, PyType_GetModuleByDef, the extensions cache); its m_slots is
 * pointed to a copy of the array with thunks in the place of the functions.
 * Nothing in CPython 3.5 to 3.15 keeps or compares the array itself.  Not the array
 * is patched, since it may be constant; no slot is added, since an unknown one is
 * an error, and so is a second exec slot of a hook.  Copies live for ever, as
 * definitions do.
 *
 * The array that a hook returns is the module's token, unless it names one
 * (Objects/moduleobject.c): the copy handed on in its place names the original.
 *
 * From 3.15 on arrays may hold others, five deep at most.
 */
#include "cpython.h"

#include <stddef.h>
#include <string.h>

#include "counters.h"
#include "thunk_pool.h"
#include "trace.h"

/* PyModuleDef_Slot { int, void * } and PySlot { uint16_t id, flags; uint32_t; 64 bits }
 * (Include/slots.h) have one size, and the value at one place. */
struct slot {
	union {
		int number;
		struct {
			uint16_t id, flags;
		};
	};
	uint32_t reserved;
	void *value;
};

enum table_kind { MODULE_SLOTS, PY_SLOTS };

/* Include/moduleobject.h, and from 3.15 on slots_generated.h. */
enum {
	SLOT_END = 0,
	CREATE = 1,
	EXEC = 2,
	INTERPRETERS = 3,
	CREATE_315 = 84,
	EXEC_315 = 85,
	INTERPRETERS_315 = 86,
	SUBSLOTS = 92,
	MOD_SLOTS = 94,
	TOKEN = 110,
	FLAG_STATIC = 2,
};

enum { SLOTS_MAX = 64, DEPTH_MAX = 5, TABLES_MAX = 1024 };

struct table {
	enum table_kind kind;
	const struct slot *slots;
};

static int number_of(enum table_kind kind, const struct slot *slot)
{
	return kind == PY_SLOTS ? slot->id : slot->number;
}

static bool is_exec(int number)
{
	return number == EXEC || number == EXEC_315;
}

static bool is_timed(int number)
{
	return is_exec(number) || number == CREATE || number == CREATE_315;
}

static bool is_table(int number)
{
	return number == SUBSLOTS || number == MOD_SLOTS;
}

static struct table table_in(const struct slot *slot, int number)
{
	return (struct table){ number == SUBSLOTS ? PY_SLOTS : MODULE_SLOTS, slot->value };
}

/* Slots before the end; 0 also when there are too many. */
static size_t count_slots(struct table table)
{
	size_t count = 0;
	while (table.slots && count < SLOTS_MAX &&
	       number_of(table.kind, &table.slots[count]) != SLOT_END)
		count++;
	return count < SLOTS_MAX ? count : 0;
}

/* Where m_slots stands in PyModuleDef: behind the object's header and seven words. */
static struct slot **slots_member(const struct cpython *python, void *definition)
{
	size_t header = cpython_header_words(python);
	return header ? (struct slot **)((uintptr_t *)definition + header + 7) : NULL;
}

/* --- what a definition says ------------------------------------------------------- */

static void read_table(struct span *span, struct table table, unsigned depth)
{
	size_t count = depth < DEPTH_MAX ? count_slots(table) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct slot *slot = &table.slots[i];
		int number = number_of(table.kind, slot);
		if (is_exec(number))
			span->call.exec_slots++;
		else if (number == INTERPRETERS || number == INTERPRETERS_315)
			span->call.interpreters = (uint8_t)((uintptr_t)slot->value + 1);
		else if (is_table(number))
			read_table(span, table_in(slot, number), depth + 1);
	}
}

void cpython_read_definition(struct span *span, void *definition)
{
	struct slot **member = slots_member(cpython_get(), definition);
	if (member)
		read_table(
			span,
			(struct table){ MODULE_SLOTS, __atomic_load_n(member, __ATOMIC_ACQUIRE) },
			0);
}

void cpython_read_export(struct span *span, intptr_t result)
{
	read_table(span, (struct table){ PY_SLOTS, (const struct slot *)result }, 0);
}

/* --- what is written ---------------------------------------------------------- */

/* An attribute without running Python code: the type has nothing of that name, which
 * could be a property, and does not define how attributes are had. */
static void *plain_attribute(const struct cpython *python, void *object, const char *name)
{
	enum { TP_GETATTRO = 58 }; /* Py_tp_getattro, Include/typeslots.h */
	size_t header = cpython_header_words(python);
	if (!header || !python->PyType_GetSlot || !python->_PyType_Lookup ||
	    !python->PyUnicode_FromString || !python->PyObject_GetAttrString)
		return NULL;
	void *type = ((void **)object)[header - 1];
	void *text = python->PyUnicode_FromString(name);
	bool plain = text && !python->_PyType_Lookup(type, text) &&
		     python->PyType_GetSlot(type, TP_GETATTRO) ==
			     (void *)python->PyObject_GenericGetAttr;
	if (text)
		python->Py_DecRef(text);
	return plain ? python->PyObject_GetAttrString(object, name) : NULL;
}

/* Full name of the module that the function is called for: exec gets the module,
 * create the spec.  With the error indicator set aside. */
static const char *module_name(const struct cpython *python, const struct thunk *thunk,
			       void *argument)
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
	span->call.interpreter = cpython_span_has_gil(span) ? cpython_interpreter(cpython_get())
							    : 0;
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
	.begin_event = EVENT_slot_begin,
	.end_event = EVENT_slot_end,
	.unwound = INIT_UNWOUND,
	.before = before_slot,
	.after = after_slot,
};

/* --- copies --------------------------------------------------------------------- */

static struct slot *make_copy(struct table table, size_t count, size_t room)
{
	static struct slot arena[16384];
	static uint64_t used;
	if (THUNK_GET(used) + count + room > sizeof arena / sizeof arena[0])
		return NULL;
	uint64_t at = __atomic_fetch_add(&used, count + room, __ATOMIC_RELAXED);
	if (at + count + room > sizeof arena / sizeof arena[0])
		return NULL;
	return memcpy(&arena[at], table.slots, count * sizeof table.slots[0]);
}

static void wrap_function(struct span *span, struct slot *slot, int number, uint32_t index)
{
	/* keyed by its place: two definitions may share a function */
	struct thunk *thunk = slot->value ? thunk_for((uintptr_t)slot) : NULL;
	if (!thunk) {
		counter_add(&span->process->counters.thunks_exhausted, slot->value != NULL);
		return;
	}
	thunk->function = slot->value;
	thunk->slot = is_exec(number) ? SLOT_EXEC : SLOT_CREATE;
	thunk->index = index;
	THUNK_SET(thunk->call, span->call.call);
	THUNK_SET(thunk->role, &slot_role);
	slot->value = thunk_address(thunk);
}

/* A copy of the table with thunks in it, with room for `room` slots behind; the table
 * itself when there is no room, or too much in it. */
static const struct slot *copy_table(struct span *span, struct table table, size_t room,
				     unsigned depth)
{
	size_t count = count_slots(table);
	struct slot *copy = count && depth < DEPTH_MAX ? make_copy(table, count, room) : NULL;
	if (!copy)
		return table.slots;
	for (uint32_t i = 0; i < count; i++) {
		int number = number_of(table.kind, &copy[i]);
		if (is_timed(number))
			wrap_function(span, &copy[i], number, i);
		else if (is_table(number))
			copy[i].value = (void *)copy_table(span, table_in(&copy[i], number), 1,
							   depth + 1);
	}
	return copy;
}

/* Makes the slots of a copy belong to this span; false: it is none. */
static bool renew(const struct span *span, struct table table, unsigned depth)
{
	bool ours = false;
	size_t count = depth < DEPTH_MAX ? count_slots(table) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct slot *slot = &table.slots[i];
		int number = number_of(table.kind, slot);
		struct thunk *thunk = is_timed(number) ? thunk_at(slot->value) : NULL;
		if (thunk && THUNK_GET(thunk->role) == &slot_role) {
			THUNK_SET(thunk->call, span->call.call);
			ours = true;
		} else if (is_table(number)) {
			ours |= renew(span, table_in(slot, number), depth + 1);
		}
	}
	return ours;
}

/* --- definitions ---------------------------------------------------------------- */

/* The same definition comes back from every import of its module: the copy is there
 * already. */
void cpython_wrap_slots(struct span *span, void *definition)
{
	const struct cpython *python = cpython_get();
	struct slot **member = slots_member(python, definition);
	struct slot *slots = member ? __atomic_load_n(member, __ATOMIC_ACQUIRE) : NULL;
	struct table table = { MODULE_SLOTS, slots };
	if (!slots || !trace_on(EVENT_slot_end) || renew(span, table, 0))
		return;
	struct slot *copy = (struct slot *)copy_table(span, table, 1, 0);
	/* another thread, with a GIL of its own or none, may do the same */
	if (copy != slots)
		__atomic_compare_exchange_n(member, &slots, copy, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED);
}

/* --- export hooks --------------------------------------------------------------- */

static bool has_token(struct table table, unsigned depth)
{
	size_t count = depth < DEPTH_MAX ? count_slots(table) : 0;
	for (size_t i = 0; i < count; i++) {
		int number = number_of(table.kind, &table.slots[i]);
		if (number == TOKEN ||
		    (is_table(number) && has_token(table_in(&table.slots[i], number), depth + 1)))
			return true;
	}
	return false;
}

/* Is this what the copy was made of? */
static bool is_copy_of(struct table copy, struct table table, unsigned depth)
{
	size_t count = depth < DEPTH_MAX ? count_slots(table) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct slot *slot = &table.slots[i], *copied = &copy.slots[i];
		const struct thunk *thunk = thunk_at(copied->value);
		int number = number_of(table.kind, slot);
		if (slot->number != copied->number)
			return false;
		if (slot->value == copied->value || (thunk && thunk->function == slot->value))
			continue;
		if (!is_table(number) ||
		    !is_copy_of(table_in(copied, number), table_in(slot, number), depth + 1))
			return false;
	}
	return true;
}

static struct copy_made {
	const struct slot *original, *copy;
} copies_made[TABLES_MAX];

static const struct slot *find_copy(struct table table)
{
	for (size_t i = 0; i < TABLES_MAX; i++) {
		const struct slot *original = __atomic_load_n(&copies_made[i].original,
							      __ATOMIC_ACQUIRE);
		if (!original)
			return NULL;
		if (original == table.slots &&
		    is_copy_of((struct table){ table.kind, copies_made[i].copy }, table, 0))
			return copies_made[i].copy;
	}
	return NULL;
}

static void keep_copy(const struct slot *original, const struct slot *copy)
{
	static uint32_t used;
	uint32_t place = __atomic_fetch_add(&used, 1, __ATOMIC_RELAXED);
	if (place >= TABLES_MAX)
		return;
	copies_made[place].copy = copy;
	__atomic_store_n(&copies_made[place].original, original, __ATOMIC_RELEASE);
}

static const struct slot *copy_export(struct span *span, struct table table)
{
	size_t count = count_slots(table);
	struct slot *copy = (struct slot *)copy_table(span, table, 2, 0);
	if (copy == table.slots)
		return copy;
	if (!has_token(table, 0))
		copy[count] = (struct slot){ .id = TOKEN,
					     .flags = FLAG_STATIC,
					     .value = (void *)table.slots };
	keep_copy(table.slots, copy);
	return copy;
}

intptr_t cpython_wrap_export(struct span *span, intptr_t result)
{
	struct table table = { PY_SLOTS, (const struct slot *)result };
	if (!result || !trace_on(EVENT_slot_end))
		return result;
	const struct slot *copy = find_copy(table);
	if (copy)
		renew(span, (struct table){ PY_SLOTS, copy }, 0);
	return (intptr_t)(copy ? copy : copy_export(span, table));
}
