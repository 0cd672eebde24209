/* SPDX-License-Identifier: MIT */
/*
 * clone(3), where it makes a process and not a thread.
 *
 * When the function that it starts returns, glibc ends the child by exit(2), which
 * ends one thread (sysdeps/unix/sysv/linux/x86_64/clone.S).  But liblttng-ust-fork,
 * whose clone() stands behind ours, starts LTTng's threads in the child: the process
 * would never end.  So it is ended as a whole.
 */
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hooks.h"
#include "real.h"

struct start {
	int (*function)(void *);
	void *argument;
};

static int run(void *pointer)
{
	const struct start *start = pointer;
	int status = start->function(start->argument);
	syscall(SYS_exit_group, status);
	return status;
}

int traced_clone(int (*function)(void *), void *stack, int flags, void *argument, void *parent_tid,
		 void *tls, void *child_tid)
{
	if ((flags & CLONE_VM) || !stack || !function)
		return dlscope_real_clone(function, stack, flags, argument, parent_tid, tls, child_tid);
	/* The child finds it on its own stack, of which `stack` is the upper end. */
	uintptr_t top = ((uintptr_t)stack - sizeof(struct start)) & ~(uintptr_t)15;
	struct start *start = (struct start *)top;
	*start = (struct start) { function, argument };
	return dlscope_real_clone(run, start, flags, start, parent_tid, tls, child_tid);
}
