/* SPDX-License-Identifier: MIT */
/* Which functions are init functions, and what is written about their calls: see
 * init_functions.h, conventions.def, runtimes.def. */
#include "init_functions.h"

#include <string.h>

#include "conventions.h"
#include "counters.h"
#include "cpython.h"
#include "elf_image.h"
#include "entry_members.h"
#include "interp_stack.h"
#include "node.h"
#include "runtimes.h"
#include "thunk_pool.h"
#include "trace.h"

const struct convention *init_rule(const struct span *span, const char *name)
{
	return span->caller.rules ? convention_match(span->process, span->caller.rules, name)
				  : NULL;
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

/* --- what is written ---------------------------------------------------------- */

static bool is_cpython(const struct thunk *thunk)
{
	const struct convention *convention = THUNK_GET(thunk->convention);
	return !convention->user &&
	       (convention->runtime == RUNTIME_cpython || convention->runtime == RUNTIME_cpython2);
}

/* The resolution that handed it out: this thread's own, since two interpreters with a
 * GIL each may import one module at the same time. */
static uint64_t resolution_of(const struct thunk *thunk)
{
	const struct thread_block *block = dlscope_thread.block;
	return block->asked_thunk == thunk ? block->asked_call : THUNK_GET(thunk->call);
}

static void before_init(struct span *span, const struct thunk *thunk, const intptr_t *arguments)
{
	span->call.symbol_call = resolution_of(thunk);
	span->call.convention = THUNK_GET(thunk->convention)->id;
	span->call.symbol = thread_fit_text(THUNK_GET(thunk->name), 0);
	span->call.module_context = thread_fit_text(
		is_cpython(thunk) ? cpython_module_context() : NULL, 1);
	span->call.interpreter = is_cpython(thunk) && cpython_span_has_gil(span)
					 ? cpython_interpreter(cpython_get())
					 : 0;
	span->call.address = (uintptr_t)thunk->function;
	span_emit(span, EVENT_init_begin);
	if (!THUNK_GET(thunk->convention)->user)
		interp_stack_emit_init(span, THUNK_GET(thunk->convention)->runtime, arguments);
}

/* A built-in module has no load that would tell who asked for it. */
static void before_builtin(struct span *span, const struct thunk *thunk, const intptr_t *arguments)
{
	span->call.convention = THUNK_GET(thunk->convention)->id;
	span->call.symbol = span->call.module_context = thread_fit_text(THUNK_GET(thunk->name), 0);
	span->call.interpreter = cpython_span_has_gil(span) ? cpython_interpreter(cpython_get())
							    : 0;
	span->call.address = (uintptr_t)thunk->function;
	span_emit(span, EVENT_init_begin);
	interp_stack_emit(span);
}

static void after_init(struct span *span, const struct thunk *thunk, intptr_t result)
{
	span->call.outcome = INIT_RETURNED;
	span->call.result = (uint64_t)result;
	if (is_cpython(thunk))
		cpython_init_returned(span, result);
	else if (node_is_api(THUNK_GET(thunk->convention)))
		node_init_returned(span);
}

static intptr_t init_done(struct span *span, const struct thunk *thunk, intptr_t result)
{
	if (span->call.kind == INIT_MULTI_PHASE)
		cpython_wrap_slots(span, (void *)result);
	return is_cpython(thunk) ? result : entry_member_wrap(span, thunk, result);
}

static void after_export(struct span *span, const struct thunk *thunk, intptr_t result)
{
	span->call.outcome = INIT_RETURNED;
	span->call.result = (uint64_t)result;
	cpython_hook_returned(span, result);
}

static intptr_t export_done(struct span *span, const struct thunk *thunk, intptr_t result)
{
	return cpython_wrap_export(span, result);
}

static const struct thunk_role init_role = {
	.begin_event = EVENT_init_begin,
	.end_event = EVENT_init_end,
	.unwound = INIT_UNWOUND,
	.before = before_init,
	.after = after_init,
	.done = init_done,
};

/* PyModExport_ (PEP 793) */
static const struct thunk_role export_role = {
	.begin_event = EVENT_init_begin,
	.end_event = EVENT_init_end,
	.unwound = INIT_UNWOUND,
	.before = before_init,
	.after = after_export,
	.done = export_done,
};

static const struct thunk_role builtin_role = {
	.begin_event = EVENT_init_begin,
	.end_event = EVENT_init_end,
	.unwound = INIT_UNWOUND,
	.before = before_builtin,
	.after = after_init,
	.done = init_done,
};

/* --- handing out -------------------------------------------------------------- */

static void *hand_out(struct process *process, const struct thunk_role *role,
		      const struct convention *convention, const char *name, void *function,
		      uint64_t call)
{
	struct thunk *thunk = thunk_for((uintptr_t)function);
	if (!thunk) {
		counter_add(&process->counters.thunks_exhausted, 1);
		return function;
	}
	const char *known = __atomic_load_n(&thunk->name, __ATOMIC_ACQUIRE);
	THUNK_SET(thunk->call, call);
	if (!known || strcmp(known, name) != 0) {
		THUNK_SET(thunk->function, function);
		THUNK_SET(thunk->convention, convention);
		THUNK_SET(thunk->role, role);
		/* last: whoever sees the name uses the thunk */
		__atomic_store_n(&thunk->name, thunk_keep_text(name), __ATOMIC_RELEASE);
	}
	return thunk_address(thunk);
}

static bool is_export(const struct convention *convention)
{
	return !convention->user &&
	       strncmp(convention->id, "cpython_export", strlen("cpython_export")) == 0;
}

void *init_thunk_registered(struct span *span, const struct convention *convention,
			    const char *name, void *function)
{
	const struct thunk_role *role = is_export(convention) ? &export_role : &init_role;
	void *handed_out = hand_out(span->process, role, convention, name, function,
				    span->call.call);
	dlscope_thread.block->asked_thunk = thunk_at(handed_out);
	dlscope_thread.block->asked_call = span->call.call;
	return handed_out;
}

void *init_thunk(struct span *span, const struct convention *convention, const char *name,
		 void *function)
{
	return is_function(name, function) ? init_thunk_registered(span, convention, name, function)
					   : function;
}

void *init_builtin_thunk(struct process *process, const struct convention *convention,
			 const char *name, void *function)
{
	return thunk_at(function) ? function
				  : hand_out(process, &builtin_role, convention, name, function, 0);
}
