/* SPDX-License-Identifier: MIT */
/* Forks and the tracer: see fork_guard.h. */
#include "fork_guard.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <unistd.h>

#include "loaded_objects.h"
#include "process.h"

static uint32_t unwinding;  /* threads that are */
static uint32_t forking;    /* a fork is under way */
static uint32_t clean_pid;  /* process whose locks are known to be sound */

static void before_fork(void)
{
	__atomic_store_n(&forking, 1, __ATOMIC_SEQ_CST);
	for (unsigned tries = 0; tries < 30000 && __atomic_load_n(&unwinding, __ATOMIC_SEQ_CST); tries++)
		sched_yield();
	objects_before_fork();
}

static void after_fork_in_parent(void)
{
	objects_after_fork();
	__atomic_store_n(&forking, 0, __ATOMIC_SEQ_CST);
}

/* The lock of the objects has been wiped open with its page. */
static void after_fork_in_child(void)
{
	if (__atomic_exchange_n(&unwinding, 0, __ATOMIC_SEQ_CST) == 0)
		clean_pid = (uint32_t)getpid();
	__atomic_store_n(&forking, 0, __ATOMIC_SEQ_CST);
}

void fork_guard_prepare(void)
{
	clean_pid = process_current()->pid;
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

bool fork_guard_enter(void)
{
	if (clean_pid != process_current()->pid)
		return false;
	__atomic_add_fetch(&unwinding, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&forking, __ATOMIC_SEQ_CST))
		return true;
	fork_guard_leave();
	return false;
}

void fork_guard_leave(void)
{
	__atomic_sub_fetch(&unwinding, 1, __ATOMIC_SEQ_CST);
}
