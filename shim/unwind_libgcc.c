/* SPDX-License-Identifier: MIT */
/*
 * libgcc's unwinder: see unwind_libgcc.h.
 *
 * Of GCC 12 and later it asks _dl_find_object() of glibc (2.35) for the unwind table
 * of an address, which takes no lock.  After the outermost frame (_start, clone3) it
 * tells of one with address 0.
 */
#include "unwind_libgcc.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <unwind.h>

#include "real.h"

static struct {
	_Unwind_Reason_Code (*backtrace)(_Unwind_Trace_Fn, void *);
	uintptr_t (*get_ip)(struct _Unwind_Context *);
} libgcc;

struct frames {
	void **at;
	int count, max;
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context, void *data)
{
	struct frames *frames = data;
	uintptr_t address = libgcc.get_ip(context);
	if (!address || frames->count == frames->max)
		return _URC_END_OF_STACK;
	frames->at[frames->count++] = (void *)address;
	return _URC_NO_REASON;
}

bool unwind_libgcc_prepare(void)
{
	void *library = dlscope_real_dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_LOCAL);
	if (library) {
		*(void **)&libgcc.backtrace = dlscope_real_dlsym(library, "_Unwind_Backtrace");
		*(void **)&libgcc.get_ip = dlscope_real_dlsym(library, "_Unwind_GetIP");
	}
	return library && libgcc.backtrace && libgcc.get_ip;
}

int unwind_libgcc(void **frames, int max)
{
	struct frames taken = { frames, 0, max };
	libgcc.backtrace(add_frame, &taken);
	return taken.count;
}
