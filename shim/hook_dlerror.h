/* SPDX-License-Identifier: MIT */
/*
 * The dlerror() state of a thread, while the shim reads it.
 *
 * glibc keeps the last error of each thread until dlerror() delivers it, once
 * (dlfcn/dlerror.c, glibc 2.36).  To put the text into an event the shim has to
 * take delivery itself; it then owes the program the text, once, at the program's
 * next dlerror().  A later call of the family cancels the debt, as it would have
 * cleared the error.
 */
#ifndef DLSCOPE_HOOK_DLERROR_H
#define DLSCOPE_HOOK_DLERROR_H

/* After a real call failed: takes the error's text and owes it.  Returns it, or
 * NULL when there was no error after all (dlsym of a symbol whose value is NULL).
 * The text is the thread's until its next failing call. */
const char *dlerror_take(void);

/* A real call is about to be made: glibc forgets an older error as it begins.  An
 * error that is there when it has succeeded is one that a constructor left. */
void dlerror_begin(void);

#endif
