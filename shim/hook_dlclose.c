/* SPDX-License-Identifier: MIT */
/* dlclose: destructors run inside it, so it is a span like a load. */
#include "hook_dlerror.h"
#include "hooks.h"
#include "loaded_objects.h"
#include "real.h"
#include "span.h"
#include "trace.h"

static void emit_end(struct span *span, int result)
{
	if (result != 0) {
		span->call.outcome = CLOSE_FAILED;
		span->call.error = thread_fit_text(dlerror_take(), 0);
	} else {
		span->call.outcome = CLOSE_CLOSED;
		if (span_is_own(span))
			objects_sweep(span->process, span->call.call);
	}
	span_emit(span, EVENT_close_end);
}

int traced_dlclose(void *handle)
{
	struct span span;
	if (!span_enter(&span, __builtin_return_address(0), __builtin_frame_address(0))) {
		dlerror_begin();
		return dlscope_real_dlclose(handle);
	}
	span.call.handle = (uintptr_t)handle;
	span_emit(&span, EVENT_close_begin);
	dlerror_begin();
	span_start(&span, EVENT_close_end, CLOSE_UNWOUND);
	int result = (int)dlscope_call((intptr_t)handle, 0, 0, 0, 0, 0,
				       (void *)dlscope_real_dlclose);
	span_stop(&span);
	emit_end(&span, result);
	span_leave(&span);
	return result;
}
