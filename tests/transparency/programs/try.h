/* SPDX-License-Identifier: MIT */
/* Calls under test that print what comes of them, for programs that are cases. */
#ifndef TRY_H
#define TRY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include "actor.h"
#include "observe.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both with `static inline`, so that the program itself is the caller. */
static inline void *try_open(const struct actor *actor, const char *file, int mode)
{
	errno = 0;
	void *handle = actor->open(file, mode);
	int number = errno;
	const char *error = dlerror();
	say("open %s: %s, errno %d, error %s\n", file ? file : "NULL", handle ? "handle" : "null", number,
	    error ? error : "none");
	return handle;
}

static inline void *try_sym(const struct actor *actor, void *handle, const char *name)
{
	errno = 0;
	void *address = actor->sym(handle, name);
	int number = errno;
	const char *error = dlerror();
	say("symbol %s: %s, errno %d, error %s\n", name, address ? "found" : "null", number, error ? error : "none");
	return address;
}

static inline void try_close(void *handle)
{
	errno = 0;
	int status = dlclose(handle);
	const char *error = dlerror();
	say("close: status %d, errno %d, error %s\n", status, errno, error ? error : "none");
}

/* The whole family once: a load by RUNPATH, a symbol, two failures, a close. */
static inline void try_all(const struct actor *actor)
{
	void *handle = try_open(actor, "libleaf.so", RTLD_NOW);
	if (handle)
		try_sym(actor, handle, "who");
	try_sym(actor, RTLD_DEFAULT, "nothing_of_this_name");
	try_open(actor, "libnowhere.so", RTLD_NOW);
	if (handle)
		try_close(handle);
}

/* A path beside the program. */
static inline const char *beside(const char *name)
{
	static __thread char path[4096];
	snprintf(path, sizeof path, "%s/%s", getenv("OBJ"), name);
	return path;
}

struct one_case {
	const char *name;
	void (*run)(void);
};

static inline int run_case(const struct one_case *cases, size_t count, int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < count; i++)
		if (strcmp(cases[i].name, argv[1]) == 0) {
			cases[i].run();
			return 0;
		}
	fprintf(stderr, "no such case\n");
	return 99;
}

#define RUN_CASE(cases, argc, argv) run_case(cases, sizeof cases / sizeof cases[0], argc, argv)

#ifdef __cplusplus
}
#endif
#endif
