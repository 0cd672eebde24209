/* SPDX-License-Identifier: MIT */
/*
 * dlopen and dlmopen.
 *
 * The begin event goes out before the real call, so that a constructor that
 * crashes or hangs leaves its load in the trace.  What came in is reported after
 * it: until it returns, other threads may not even see it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <unistd.h>

#include "caller.h"
#include "global_scope.h"
#include "hook_dlerror.h"
#include "hooks.h"
#include "interp_stack.h"
#include "loaded_objects.h"
#include "real.h"
#include "self_registered.h"
#include "settings.h"
#include "span.h"
#include "stack.h"
#include "surroundings.h"
#include "trace.h"

struct load {
	enum load_function function;
	Lmid_t lmid;
	const char *file;
	int mode;
	uint64_t objects_before; /* objects_reported() at the beginning */
};

/* The real function, as if called by the program. */
static void *call_real(const struct caller *caller, const struct load *load)
{
	void *mode = (void *)(intptr_t)load->mode;
	if (load->mode & RTLD_GLOBAL && load->file && *load->file && load->lmid == LM_ID_BASE)
		global_scope_show();
	if (load->function == LOAD_DLOPEN)
		return caller_call(caller, (void *)dlscope_real_dlopen, (void *)load->file, mode,
				   NULL);
	return caller_call(caller, (void *)dlscope_real_dlmopen, (void *)load->lmid,
			   (void *)load->file, mode);
}

static void emit_begin(struct span *span, const struct load *load)
{
	struct dl_call *call = &span->call;
	call->function = (uint8_t)load->function;
	call->lmid = load->lmid;
	call->mode = (uint32_t)load->mode;
	call->requested_null = load->file == NULL;
	call->requested = thread_fit_text(load->file, 0);
	if (settings.stack && trace_on(EVENT_load_begin)) {
		uint32_t wanted = settings.stack < DL_STACK_MAX ? settings.stack : DL_STACK_MAX;
		call->stack = dlscope_thread.block->stack;
		bool cut = false;
		call->stack_depth = stack_capture(dlscope_thread.block->stack, wanted, &cut);
		call->stack_cut = cut;
	}
	span_emit(span, EVENT_load_begin);
	interp_stack_emit(span);
}

static void emit_end(struct span *span, const struct load *load, void *handle)
{
	struct dl_call *call = &span->call;
	call->handle = (uintptr_t)handle;
	if (!handle) {
		call->outcome = LOAD_FAILED;
		call->error_number = span->exit_errno;
		call->error = thread_fit_text(dlerror_take(), 0);
		call->directory = surroundings_directory();
		call->memory_limit = surroundings_memory_limit();
		call->uid = (uint32_t)geteuid();
	} else if (span_is_own(span)) {
		/* A handle of glibc is the object's link map. */
		call->outcome = objects_brought_in(span->process, call->call, load->objects_before,
						   handle)
					? LOAD_LOADED
					: LOAD_ALREADY;
	}
	span_emit(span, EVENT_load_end);
	if (span_is_own(span))
		objects_after_load(span->process);
}

/* In a constructor, the load that the constructor belongs to has mapped what it
 * will: that must not be taken for what the load inside of it brings in. */
static void settle_objects(struct span *span, struct load *load)
{
	const struct open_call *outer = open_calls_top(&dlscope_thread.block->open_calls);
	if (outer && outer->end_event == EVENT_load_end)
		objects_scan(span->process, outer->call, NULL);
	objects_before_load(span->process);
	load->objects_before = objects_reported(span->process);
}

static void *traced_load(struct load *load, const void *return_address, const void *frame)
{
	struct span span;
	if (!span_enter(&span, return_address, frame)) {
		dlerror_begin();
		return call_real(&span.caller, load);
	}
	settle_objects(&span, load);
	emit_begin(&span, load);
	span.count_usage = true;
	dlerror_begin();
	span_start(&span, EVENT_load_end, LOAD_UNWOUND);
	void *handle = call_real(&span.caller, load);
	span_stop(&span);
	emit_end(&span, load, handle);
	if (handle && span_is_own(&span))
		self_registered_wrap(&span, handle);
	dlscope_thread.block->asked_handle = handle;
	span_leave(&span);
	return handle;
}

void *traced_dlopen(const char *file, int mode)
{
	struct load load = { LOAD_DLOPEN, LM_ID_BASE, file, mode, 0 };
	return traced_load(&load, __builtin_return_address(0), __builtin_frame_address(0));
}

void *traced_dlmopen(Lmid_t lmid, const char *file, int mode)
{
	struct load load = { LOAD_DLMOPEN, lmid, file, mode, 0 };
	return traced_load(&load, __builtin_return_address(0), __builtin_frame_address(0));
}
