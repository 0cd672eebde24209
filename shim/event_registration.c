/* SPDX-License-Identifier: MIT */
/* Registering the events by and by: see event_registration.h. */
#include "event_registration.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "daemon_state.h"

enum group { AT_START, LOADS, CLOSES, INITS, SLOTS, STACKS, CRASHES, GROUPS };

/* Of one that does not stand here: AT_START.  `unload` is written with the lock of the objects
 * held, where a fork waits some 10 ms for it at most, and nearly always in a dlclose() whose
 * begin was written before. */
static const enum group group_of[EVENT_COUNT] = {
	[EVENT_load_begin] = LOADS,    [EVENT_load_end] = LOADS,   [EVENT_close_begin] = CLOSES,
	[EVENT_close_end] = CLOSES,    [EVENT_unload] = CLOSES,	   [EVENT_init_begin] = INITS,
	[EVENT_init_end] = INITS,      [EVENT_slot_begin] = SLOTS, [EVENT_slot_end] = SLOTS,
	[EVENT_interp_stack] = STACKS, [EVENT_crash] = CRASHES,
};

/* What LTTng is given for a group: a provider with these events. */
static struct part {
	struct lttng_ust_probe_desc probe;
	struct lttng_ust_event_desc events[EVENT_COUNT];
	const struct lttng_ust_event_desc *list[EVENT_COUNT];
	struct lttng_ust_registered_probe *registered;
} parts[GROUPS];

static const struct lttng_ust_probe_desc *provider; /* the generated description */
static struct lttng_ust_registered_probe *whole;    /* of all events at once */
static void (*on_ready)(enum trace_event);
static const char *daemon_pid; /* of the recording; NULL: there is none */

/* --- the lock --------------------------------------------------------------------- */

/* Process whose thread has it, 0: free.  A child made without fork() may find it taken by
 * a thread of its parent, which it has not. */
static uint32_t owner;

enum { PATIENCE_S = 3 }; /* as long as LTTng waits for the daemon */

static bool take(uint32_t self)
{
	uint32_t found = 0;
	if (__atomic_compare_exchange_n(&owner, &found, self, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return true;
	return found != self && __atomic_compare_exchange_n(&owner, &found, self, false,
							    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static bool lock(void)
{
	uint32_t self = (uint32_t)getpid();
	const struct timespec second = { .tv_sec = 1 };
	for (unsigned tries = 0; !take(self); tries++)
		if (syscall(SYS_futex, &owner, FUTEX_WAIT_PRIVATE, self, &second, NULL, 0) != 0 &&
		    errno == ETIMEDOUT && tries >= PATIENCE_S)
			return false;
	return true;
}

static void unlock(void)
{
	__atomic_store_n(&owner, 0, __ATOMIC_RELEASE);
	syscall(SYS_futex, &owner, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

/* Whoever comes later waits for LTTng's mutex, which the fork holds: what is registered is
 * so on both sides, or on none. */
void event_registration_before_fork(void)
{
	if (lock())
		unlock();
}

/* --- registering ------------------------------------------------------------------- */

static bool is_registered(enum group group)
{
	return whole || __atomic_load_n(&parts[group].registered, __ATOMIC_ACQUIRE);
}

static void add_event(struct part *part, enum trace_event event)
{
	struct lttng_ust_event_desc *copy = &part->events[part->probe.nr_events];
	/* the array is in the schema's order, as the enumeration is */
	*copy = *provider->event_desc[event];
	copy->probe_desc = &part->probe; /* or LTTng rejects it */
	part->list[part->probe.nr_events++] = copy;
}

static void register_group(enum group group)
{
	struct part *part = &parts[group];
	if (is_registered(group))
		return;
	part->probe = *provider;
	part->probe.event_desc = part->list;
	part->probe.nr_events = 0;
	for (size_t event = 0; event < EVENT_COUNT; event++)
		if (group_of[event] == group)
			add_event(part, (enum trace_event)event);
	struct lttng_ust_registered_probe *registered = lttng_ust_probe_register(&part->probe);
	for (size_t event = 0; event < EVENT_COUNT; event++)
		if (group_of[event] == group)
			on_ready((enum trace_event)event);
	__atomic_store_n(&part->registered, registered, __ATOMIC_RELEASE);
}

static void register_whole(void)
{
	whole = lttng_ust_probe_register(provider);
	for (size_t event = 0; event < EVENT_COUNT; event++)
		on_ready((enum trace_event)event);
}

struct lttng_ust_registered_probe *event_registration_begin(const struct lttng_ust_probe_desc *all)
{
	static char some[1];
	provider = all;
	/* the generated code aborts at NULL, and asks no more of it */
	return (struct lttng_ust_registered_probe *)some;
}

void event_registration_start(void (*ready)(enum trace_event))
{
	static char copy[24]; /* programs overwrite their environment */
	const char *pid = getenv("DLSCOPE_DAEMON");
	on_ready = ready;
	daemon_pid = pid ? strncpy(copy, pid, sizeof copy - 1) : NULL;
	if (daemon_pid)
		register_group(AT_START);
	else
		register_whole();
}

void event_registration_need(enum trace_event event)
{
	int saved_errno = errno;
	if (!is_registered(group_of[event]) && daemon_pid &&
	    !dlscope_daemon_is_stopped(daemon_pid) && lock()) {
		register_group(group_of[event]);
		unlock();
	}
	errno = saved_errno;
}

/* The parts are left as they are: what is registered goes with the session, to unregister
 * each would wait for a grace period of LTTng's RCU, and the provider is never unloaded. */
void event_registration_end(struct lttng_ust_registered_probe *probe)
{
	(void)probe;
	lttng_ust_probe_unregister(whole);
}
