/* SPDX-License-Identifier: MIT */
/*
 * clone(3), where it makes a process and not a thread: no atfork handlers run there.
 *
 * When the function that it starts returns, glibc ends the child by exit(2), which
 * ends one thread (sysdeps/unix/sysv/linux/x86_64/clone.S).  But LTTng has threads in
 * the child again: the process would never end.  So it is ended as a whole.
 *
 * A child that shares its parent's table of descriptors is left alone: LTTng, told of
 * the fork, would close its parent's there, and the parent would abort at exit (2.13.5,
 * counter/shm.c).  Its events are written all the same.
 */
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fork_guard.h"
#include "hooks.h"
#include "real.h"

struct start {
	int (*function)(void *);
	void *argument;
	int told; /* LTTng knows of this one */
};

static int run(void *pointer)
{
	const struct start *start = pointer;
	if (start->told)
		fork_guard_in_child();
	int status = start->function(start->argument);
	syscall(SYS_exit_group, status);
	return status;
}

int traced_clone(int (*function)(void *), void *stack, int flags, void *argument, void *parent_tid,
		 void *tls, void *child_tid)
{
	if ((flags & CLONE_VM) || !stack || !function)
		return dlscope_real_clone(function, stack, flags, argument, parent_tid, tls,
					  child_tid);
	/* The child finds it on its own stack, of which `stack` is the upper end. */
	uintptr_t top = ((uintptr_t)stack - sizeof(struct start)) & ~(uintptr_t)15;
	struct start *start = (struct start *)top;
	*start = (struct start){ function, argument, !(flags & CLONE_FILES) };
	if (start->told)
		fork_guard_before();
	int child = dlscope_real_clone(run, start, flags, start, parent_tid, tls, child_tid);
	if (start->told)
		fork_guard_in_parent();
	return child;
}
