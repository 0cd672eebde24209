/* SPDX-License-Identifier: MIT */
/*
 * Keeping forks and the tracer's use of foreign locks apart.
 *
 * A forked child has no other threads, but their locks: glibc 2.36 does not reset
 * dl_load_write_lock (posix/fork.c), and libunwind 1.6.2 none of its own.  A child
 * forked while another thread is scanning the list of objects, or unwinding, would
 * hang at its first dlopen.  So pthread_atfork handlers wait for both, some 10 ms at
 * most, and a child that came about without them (_Fork, a raw clone) takes no
 * native stacks.
 */
#ifndef DLSCOPE_FORK_GUARD_H
#define DLSCOPE_FORK_GUARD_H

#include <stdbool.h>

/* Registers the handlers; called by the constructor. */
void fork_guard_prepare(void);

/* Around unwinding, and around dl_iterate_phdr without the lock of the objects.  False: not now, a fork is under way, or not in this process. */
bool fork_guard_enter(void);
void fork_guard_leave(void);

#endif
