/* SPDX-License-Identifier: MIT */
/*
 * The calls under test, made from inside one object.
 *
 * glibc looks at who calls.  So every object of the matrix carries its own copy of
 * these four functions, and act.c is told through which object to call.
 */
#ifndef ACTOR_H
#define ACTOR_H

#include <dlfcn.h>

struct actor {
	void *(*open)(const char *file, int mode);
	void *(*mopen)(Lmid_t lmid, const char *file, int mode);
	void *(*sym)(void *handle, const char *name);
	void *(*vsym)(void *handle, const char *name, const char *version);
};

/* Calls of their own, and the result through memory, so that none becomes a jump. */
#define ACTOR_CALL __attribute__((noinline, unused)) static void *

ACTOR_CALL actor_open(const char *file, int mode)
{
	void *volatile result = dlopen(file, mode);
	return result;
}

ACTOR_CALL actor_mopen(Lmid_t lmid, const char *file, int mode)
{
	void *volatile result = dlmopen(lmid, file, mode);
	return result;
}

ACTOR_CALL actor_sym(void *handle, const char *name)
{
	void *volatile result = dlsym(handle, name);
	return result;
}

ACTOR_CALL actor_vsym(void *handle, const char *name, const char *version)
{
	void *volatile result = dlvsym(handle, name, version);
	return result;
}

#define ACTOR(name) \
	static const struct actor name = { actor_open, actor_mopen, actor_sym, actor_vsym }

#endif
