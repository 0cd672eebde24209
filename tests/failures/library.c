/* SPDX-License-Identifier: MIT */
/*
 * The library of all cases; macros say what is wrong with it.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef DEFINES
void DEFINES(void);
void DEFINES(void) {}
#endif

#ifdef USES
void USES(void);
void (*used)(void) = USES;
#endif

#ifdef CALLS
void CALLS(void);
void call_it(void);
void call_it(void)
{
	CALLS();
}
#endif

#ifdef TLS
__thread char storage[TLS] __attribute__((tls_model("initial-exec")));
char *use_storage(void);
char *use_storage(void)
{
	return storage;
}
#endif

#ifdef BSS
char room[BSS];
#endif

#ifdef CONSTRUCTOR
__attribute__((constructor)) static void construct(void)
{
	CONSTRUCTOR;
}
#endif
