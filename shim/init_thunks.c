/* SPDX-License-Identifier: MIT */
/*
 * Which functions are wrapped, and what happens when a thunk is called: see
 * init_thunks.h.
 *
 * A slot is a thunk's memory: an open-addressed table keyed by the function, one
 * slot to a thunk, filled without locks.  Two threads that resolve the same
 * function at once fill the same slot with the same facts.
 */
#include "init_thunks.h"

#include <string.h>

#include "counters.h"
#include "elf_image.h"
#include "trace.h"

static const struct convention {
	const char *id, *runtime, *prefix;
} conventions[] = {
#define CONVENTION(id, runtime, prefix, module_name, success, kind) { #id, runtime, prefix },
#include "conventions.def"
#undef CONVENTION
};

static const struct runtime {
	const char *name, *version, *module_context, *multi_phase_type;
} runtimes[] = {
#define RUNTIME(name, gate, version, module_context, multi_phase_type)         \
	{ name, version, module_context, multi_phase_type },
#include "runtimes.def"
#undef RUNTIME
};

typedef intptr_t init_function(intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t);

struct slot {
	init_function *function; /* NULL: free */
	const char *symbol;
	const struct convention *convention;
	const char *const *module_context; /* the runtime's variable, or NULL */
	uintptr_t multi_phase_type;
	uint64_t symbol_call; /* the resolution that handed it out last */
};

static struct slot slots[INIT_THUNKS];

#define GET(word) __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define SET(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELAXED)

static const struct convention *convention_of(const struct caller *caller, const char *name)
{
	if (!caller->runtime)
		return NULL;
	for (size_t i = 0; i < sizeof conventions / sizeof conventions[0]; i++) {
		const struct convention *c = &conventions[i];
		size_t size = strlen(c->prefix);
		if (size > 0 && strncmp(name, c->prefix, size) == 0 && name[size] != '\0' &&
		    strcmp(c->runtime, runtimes[caller->runtime - 1].name) == 0)
			return c;
	}
	return NULL;
}

bool init_symbol(const struct caller *caller, const char *name)
{
	return convention_of(caller, name) != NULL;
}

/* Data with entry-like names exists (gst_plugin_desc, Apache modules) and must not be
 * replaced by code. */
static bool is_function(const char *name, const void *address)
{
	struct dl_find_object object;
	struct elf_symbol symbol;
	return _dl_find_object((void *)address, &object) == 0 &&
	       elf_find_symbol(object.dlfo_link_map, name, &symbol) &&
	       (symbol.type == STT_FUNC || symbol.type == STT_GNU_IFUNC);
}

static struct slot *slot_for(init_function *function)
{
	size_t index = ((uintptr_t)function >> 4) * 0x9e3779b97f4a7c15u >> 32;
	for (size_t probe = 0; probe < INIT_THUNKS; probe++) {
		struct slot *slot = &slots[(index + probe) % INIT_THUNKS];
		init_function *found = NULL;
		if (__atomic_compare_exchange_n(&slot->function, &found, function, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) || found == function)
			return slot;
	}
	return NULL;
}

/* A copy of the name that lasts: the object that has it may be unmapped while
 * its thunk goes on. */
static const char *keep_name(const char *name)
{
	static char arena[256 * 1024];
	static uint64_t used;
	size_t size = strlen(name) + 1;
	if (GET(used) + size > sizeof arena)
		return "";
	uint64_t offset = __atomic_fetch_add(&used, size, __ATOMIC_RELAXED);
	if (offset + size > sizeof arena)
		return "";
	return memcpy(arena + offset, name, size);
}

static uintptr_t runtime_symbol(const struct caller *caller, const char *name)
{
	struct elf_symbol symbol;
	return *name && elf_find_symbol(caller->map, name, &symbol) ? symbol.address : 0;
}

static void fill_slot(struct slot *slot, const struct span *span, const char *name,
		      const struct convention *convention)
{
	const struct runtime *runtime = &runtimes[span->caller.runtime - 1];
	const char *known = GET(slot->symbol);
	SET(slot->symbol_call, span->call.call);
	if (known && strcmp(known, name) == 0)
		return;
	SET(slot->convention, convention);
	SET(slot->module_context, (const char *const *)runtime_symbol(&span->caller, runtime->module_context));
	SET(slot->multi_phase_type, runtime_symbol(&span->caller, runtime->multi_phase_type));
	SET(slot->symbol, keep_name(name));
}

/* Tells, once per image, which runtime this is. */
static void announce_runtime(const struct span *span)
{
	uint32_t bit = 1u << (span->caller.runtime - 1);
	if (GET(span->process->runtimes) & bit ||
	    __atomic_fetch_or(&span->process->runtimes, bit, __ATOMIC_RELAXED) & bit)
		return;
	const struct runtime *runtime = &runtimes[span->caller.runtime - 1];
	const char *(*version)(void) = (const char *(*)(void))runtime_symbol(&span->caller, runtime->version);
	struct dl_call call = thread_call(span->process);
	char text[64] = "";
	if (version)
		strncpy(text, version(), sizeof text - 1);
	text[strcspn(text, " ")] = '\0';
	call.runtime = runtime->name;
	call.runtime_version = text;
	call.base = span->caller.map->l_addr;
	trace_emit(EVENT_runtime, &call);
}

void *init_thunk(struct span *span, const char *name, void *function)
{
	extern char dlscope_init_thunks[];
	const struct convention *convention = convention_of(&span->caller, name);
	if (!convention || !is_function(name, function))
		return function;
	announce_runtime(span);
	struct slot *slot = slot_for((init_function *)function);
	if (!slot) {
		counter_add(&span->process->counters.thunks_exhausted, 1);
		return function;
	}
	fill_slot(slot, span, name, convention);
	return dlscope_init_thunks + (size_t)(slot - slots) * INIT_THUNK_SIZE;
}

/* --- a thunk is called --------------------------------------------------------- */

/* ob_type stands behind ob_refcnt, and in free-threaded (3.13) and Py_TRACE_REFS
 * (up to 3.12) builds behind two words more (Include/object.h). */
static enum init_kind kind_of(const struct slot *slot, intptr_t result)
{
	uintptr_t type = GET(slot->multi_phase_type);
	const uintptr_t *object = (const uintptr_t *)result;
	if (!type || !object)
		return INIT_OTHER;
	return object[1] == type || object[3] == type ? INIT_MULTI_PHASE : INIT_SINGLE_PHASE;
}

static void emit_begin(struct span *span, const struct slot *slot)
{
	const char *const *context = GET(slot->module_context);
	span->call.symbol_call = GET(slot->symbol_call);
	span->call.convention = GET(slot->convention)->id;
	span->call.symbol = thread_fit_text(GET(slot->symbol), 0);
	span->call.module_context = thread_fit_text(context ? *context : NULL, 1);
	span->call.address = (uintptr_t)slot->function;
	span_emit(span, EVENT_init_begin);
}

static void emit_end(struct span *span, const struct slot *slot, intptr_t result)
{
	span->call.outcome = INIT_RETURNED;
	span->call.result = (uint64_t)result;
	span->call.kind = (uint8_t)kind_of(slot, result);
	span_emit(span, EVENT_init_end);
}

intptr_t dlscope_init_call(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f,
			   uint64_t number, const void *return_address)
	__attribute__((visibility("hidden")));

intptr_t dlscope_init_call(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f,
			   uint64_t number, const void *return_address)
{
	const struct slot *slot = &slots[number];
	struct span span;
	if (dlscope_thread.tracer_frame || !trace_on(EVENT_init_end) ||
	    !span_enter(&span, return_address, __builtin_frame_address(0)))
		return slot->function(a, b, c, d, e, f);
	emit_begin(&span, slot);
	span.count_usage = true;
	span_start(&span, EVENT_init_end, INIT_UNWOUND);
	intptr_t result = dlscope_call(a, b, c, d, e, f, (void *)slot->function);
	span_stop(&span);
	emit_end(&span, slot, result);
	span_leave(&span);
	return result;
}
