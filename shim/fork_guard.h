/* SPDX-License-Identifier: MIT */
/*
 * Keeping forks and the tracer apart, and telling LTTng of them.
 *
 * A forked child has no other threads, but their locks: glibc 2.36 does not reset
 * dl_load_write_lock (posix/fork.c), and libunwind 1.6.2 none of its own.  A child
 * forked while another thread is scanning the list of objects, or unwinding, would
 * hang at its first dlopen.  So pthread_atfork handlers wait for both, some 10 ms at
 * most, and a child that came about without them (_Fork, a raw clone) takes no
 * native stacks.
 *
 * LTTng's own threads are gone in the child as well, and without a word to it the
 * child would write under its parent's registration.  liblttng-ust-fork gives that
 * word by interposing fork() and daemon(); handlers do it in every way that fork()
 * is reached, inside libc too, and leave fork() what it is.
 */
#ifndef DLSCOPE_FORK_GUARD_H
#define DLSCOPE_FORK_GUARD_H

#include <stdbool.h>

/* Registers the handlers; called by the constructor. */
void fork_guard_prepare(void);

/* What the handlers do, for a fork that runs none (hook_clone.c).  Not in signal
 * handlers: the first waits for LTTng's threads. */
void fork_guard_before(void);
void fork_guard_in_parent(void);
void fork_guard_in_child(void);

/* Around unwinding, and around dl_iterate_phdr without the lock of the objects.
 * False: not now, a fork is under way, or not in this process. */
bool fork_guard_enter(void);
void fork_guard_leave(void);

#endif
