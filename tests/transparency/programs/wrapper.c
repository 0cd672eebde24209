/* SPDX-License-Identifier: MIT */
/*
 * Another preloaded library that stands between programs and the loader, as many
 * profilers do: it finds the next definition by RTLD_NEXT and leaves by a jump or
 * a call.  As with any of them a call costs its caller's identity; the matrix asks
 * only that nothing gets worse with the shim beside it.
 */
#include <dlfcn.h>

void say(const char *format, ...) __attribute__((weak));

static int calls;

static __typeof__(&dlopen) next_dlopen(void)
{
	static __typeof__(&dlopen) found;
	if (!found)
		found = (__typeof__(&dlopen))dlsym(RTLD_NEXT, "dlopen");
	return found;
}

void *dlopen(const char *file, int mode)
{
	void *volatile result;
	calls++;
	result = next_dlopen()(file, mode);
	return result;
}

int dlclose(void *handle)
{
	volatile int result;
	calls++;
	result = ((__typeof__(&dlclose))dlsym(RTLD_NEXT, "dlclose"))(handle);
	return result;
}

__attribute__((destructor)) static void tell(void)
{
	if (say)
		say("wrapper: %s\n", calls ? "called" : "not called");
}
