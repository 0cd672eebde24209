/* SPDX-License-Identifier: MIT */
/*
 * What the objects of the matrix are made of; objects.def sets
 *
 *	NAME        of the object, a word
 *	CALLS       a function that it needs from another object
 *	WEAK_CALLS  one that it can do without
 *	FILLER      bytes of data, to make it large
 *	TLS_BYTES   of thread-local storage
 *	SILENT      no constructor and no destructor
 */
#include <stddef.h>

#include "actor.h"

#define TEXT_OF(word) #word
#define TEXT(word) TEXT_OF(word)
#define JOIN_OF(a, b) a##b
#define JOIN(a, b) JOIN_OF(a, b)

/* Loaded with the program in most cases; weak so that an object can stand alone. */
void say(const char *format, ...) __attribute__((weak));

/* The program under test may do something of its own there. */
void hook(const char *name, int begins, const struct actor *self) __attribute__((weak));

ACTOR(functions);
const struct actor *JOIN(NAME, _actor)(void);
const char *JOIN(NAME, _name)(void);
const char *who(void);
const char *who_in_scope(void);
const struct actor *last_actor(void);

int JOIN(NAME, _data) = 42;
#ifdef FILLER
char JOIN(NAME, _filler)[FILLER] = { 1 };
#endif

#ifdef TLS_BYTES
__thread char JOIN(NAME, _tls)[TLS_BYTES];
char *JOIN(NAME, _touch)(void);
char *JOIN(NAME, _touch)(void)
{
	return &JOIN(NAME, _tls)[1];
}
#endif

const struct actor *JOIN(NAME, _actor)(void)
{
	return &functions;
}

const char *JOIN(NAME, _name)(void)
{
	return TEXT(NAME);
}

/* Every object defines these two: which one is found tells the scope. */
const char *who(void)
{
	return TEXT(NAME);
}

const struct actor *last_actor(void)
{
	return &functions;
}

const char *who_in_scope(void)
{
	return who();
}

#ifdef CALLS
const char *CALLS(void);
const char *JOIN(NAME, _calls)(void);
const char *JOIN(NAME, _calls)(void)
{
	return CALLS();
}
#endif

#ifdef WEAK_CALLS
const char *WEAK_CALLS(void) __attribute__((weak));
const char *JOIN(NAME, _calls)(void);
const char *JOIN(NAME, _calls)(void)
{
	return WEAK_CALLS ? WEAK_CALLS() : "absent";
}
#endif

#ifndef SILENT
__attribute__((constructor)) static void begin(void)
{
	if (say)
		say("constructor of %s\n", TEXT(NAME));
	if (hook)
		hook(TEXT(NAME), 1, &functions);
}

__attribute__((destructor)) static void end(void)
{
	if (say)
		say("destructor of %s\n", TEXT(NAME));
	if (hook)
		hook(TEXT(NAME), 0, &functions);
}
#endif
