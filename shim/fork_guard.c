/* SPDX-License-Identifier: MIT */
/* Forks and the tracer: see fork_guard.h. */
#include "fork_guard.h"

#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "loaded_objects.h"
#include "process.h"
#include "provider_loader.h"
#include "registration.h"
#include "thread.h"
#include "trace.h"

static uint32_t unwinding; /* threads that are */
static uint32_t forking;   /* a fork is under way */
static uint32_t clean_pid; /* process whose locks are known to be sound */

/* Somebody preloads LTTng's own helper, which then does LTTng's part: twice is once
 * too often, its mutex does not nest. */
static bool lttng_has_helper;

static bool is_loaded(const char *part_of_path)
{
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
		if (map->l_name && strstr(map->l_name, part_of_path))
			return true;
	return false;
}

static void own_before_fork(void)
{
	__atomic_store_n(&forking, 1, __ATOMIC_SEQ_CST);
	for (unsigned tries = 0; tries < 30000 && __atomic_load_n(&unwinding, __ATOMIC_SEQ_CST);
	     tries++)
		sched_yield();
	objects_before_fork();
}

/* The lock of the objects has been wiped open with its page. */
static void own_in_child(void)
{
	if (__atomic_exchange_n(&unwinding, 0, __ATOMIC_SEQ_CST) == 0)
		clean_pid = (uint32_t)getpid();
	__atomic_store_n(&forking, 0, __ATOMIC_SEQ_CST);
}

static void start_sink(const void *nothing)
{
	trace_after_fork_in_child();
}

/* LTTng first: its threads may be loading objects of their own, under hooks. */
void fork_guard_before(void)
{
	int saved_errno = errno;
	thread_enter_tracer();
	if (!lttng_has_helper)
		trace_before_fork();
	own_before_fork();
	thread_leave_tracer(); /* other handlers of the program come between */
	errno = saved_errno;
}

void fork_guard_in_parent(void)
{
	int saved_errno = errno;
	thread_enter_tracer();
	objects_after_fork();
	__atomic_store_n(&forking, 0, __ATOMIC_SEQ_CST);
	if (!lttng_has_helper)
		trace_after_fork_in_parent();
	thread_leave_tracer();
	errno = saved_errno;
}

/* LTTng closes its descriptors of old here, which the hook of close() must see. */
void fork_guard_in_child(void)
{
	int saved_errno = errno;
	own_in_child();
	dlscope_limit_registration();
	if (!lttng_has_helper)
		provider_wait_briefly(start_sink, NULL);
	errno = saved_errno;
}

void fork_guard_prepare(void)
{
	lttng_has_helper = is_loaded("/liblttng-ust-fork.so");
	clean_pid = process_current()->pid;
	pthread_atfork(fork_guard_before, fork_guard_in_parent, fork_guard_in_child);
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
