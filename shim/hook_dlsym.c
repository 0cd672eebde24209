/* SPDX-License-Identifier: MIT */
/*
 * dlsym and dlvsym.
 *
 * One event, when it is done: nothing of the program runs inside (but for IFUNC
 * resolvers).  If the result is the init function of a runtime's module, what is
 * handed out is a thunk that times it (init_functions.h).
 */
#include <link.h>

#include "caller.h"
#include "cpython.h"
#include "hook_dlerror.h"
#include "hooks.h"
#include "init_functions.h"
#include "interp_stack.h"
#include "provider_loader.h"
#include "real.h"
#include "runtimes.h"
#include "settings.h"
#include "span.h"
#include "trace.h"

struct resolution {
	void *handle;
	const char *name, *version; /* version NULL: dlsym */
};

/* Only these two depend on who asks (glibc 2.36 elf/dl-sym.c); for a real handle
 * the caller matters to LD_AUDIT alone. */
static bool depends_on_caller(const void *handle)
{
	return handle == RTLD_DEFAULT || handle == RTLD_NEXT;
}

static void *call_real(const struct caller *found, const struct resolution *r)
{
	struct caller caller = *found;
	if (r->handle == RTLD_NEXT && caller.near.address)
		caller.gadget = caller.near;
	if (depends_on_caller(r->handle))
		return caller_call(&caller,
				   r->version ? (void *)dlscope_real_dlvsym
					      : (void *)dlscope_real_dlsym,
				   r->handle, (void *)r->name, (void *)r->version);
	return r->version ? dlscope_real_dlvsym(r->handle, r->name, r->version)
			  : dlscope_real_dlsym(r->handle, r->name);
}

static void *wrap_init(struct span *span, const struct resolution *r, const struct convention *rule,
		       void *result)
{
	void *replaced = cpython_wrap_lookup(result);
	if (replaced != result)
		return replaced;
	if (!result || !rule || settings.dlsym == DLSYM_NONE || !trace_on(EVENT_init_begin))
		return result;
	void *thunk = init_thunk(span, rule, r->name, result);
	span->call.thunk = thunk == result ? 0 : (uintptr_t)thunk;
	return thunk;
}

/* ctypes and cffi look a function up when Python code first names it. */
static bool asks_for_python(const struct span *span)
{
	return settings.dlsym == DLSYM_ALL &&
	       span->caller.runtimes & (RUNTIME_BIT(RUNTIME_ctypes) | RUNTIME_BIT(RUNTIME_ctypes2) |
					RUNTIME_BIT(RUNTIME_cffi));
}

/* Where an interpreter that asks for an init function stands is told by the load just
 * before; it is written here where there was none: up to 3.9 CPython keeps handles
 * (Python/dynload_shlib.c), and several modules may be in one library. */
static void emit_asker(struct span *span, const struct resolution *r)
{
	struct thread_block *block = dlscope_thread.block;
	if (block->asked_handle != r->handle)
		interp_stack_emit(span);
	block->asked_handle = NULL;
}

static void *traced_resolution(const struct resolution *r, const void *return_address,
			       const void *frame)
{
	struct span span;
	if (!span_enter_resolution(&span, return_address, frame)) {
		dlerror_begin();
		return call_real(&span.caller, r);
	}
	dlerror_begin();
	span_start_short(&span);
	void *result = call_real(&span.caller, r);
	span_stop_short(&span);

	const char *error = result ? NULL : dlerror_take();
	span.call.handle = (uintptr_t)r->handle;
	span.call.symbol = thread_fit_text(r->name, 0);
	span.call.version = thread_fit_text(r->version, 1);
	span.call.address = (uintptr_t)result;
	span.call.outcome = error ? SYMBOL_FAILED : SYMBOL_FOUND;
	span.call.error = thread_fit_text(error, 2);
	const struct convention *rule = init_rule(&span, r->name);
	void *handed_out = wrap_init(&span, r, rule, result);
	if (settings.dlsym == DLSYM_ALL ||
	    (settings.dlsym == DLSYM_INIT && (span.call.thunk || (error && rule))))
		span_emit(&span, EVENT_symbol);
	if (rule)
		emit_asker(&span, r);
	else
		span.is_usual = !(asks_for_python(&span) && interp_stack_emit(&span)) && result;
	span_leave(&span);
	return handed_out;
}

void *traced_dlsym(void *handle, const char *name)
{
	struct resolution r = { handle, name, NULL };
	if (__builtin_expect(provider_is_opening(), false)) {
		struct caller caller;
		caller_find(__builtin_return_address(0), &caller);
		return provider_dlsym(&caller, handle, name);
	}
	return traced_resolution(&r, __builtin_return_address(0), __builtin_frame_address(0));
}

void *traced_dlvsym(void *handle, const char *name, const char *version)
{
	struct resolution r = { handle, name, version };
	return traced_resolution(&r, __builtin_return_address(0), __builtin_frame_address(0));
}
