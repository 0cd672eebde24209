/* SPDX-License-Identifier: MIT */
/*
 * Telling the session daemon of the provider's events, as they are needed.
 *
 * liblttng-ust (2.13.5, lttng-probes.c) registers a provider as a whole: in a session the
 * daemon is asked about each event and each enumeration in turn, 23 times some 80 us before
 * main.  Most processes load nothing.  So in a recording the events are several providers
 * of one name, which is all the same to LTTng: what every process may write is registered
 * when it starts, and each other group of events when the first of them is written.
 *
 * To register allocates memory and talks to the daemon, in a hook.  Where these events
 * are written first, that is no more than what the call itself is allowed to: dlopen() and
 * dlclose() allocate, and an init function may do anything.  dlsym() does neither, and
 * memory allocators call it while they set themselves up: its event is registered at the
 * start.
 *
 * A daemon that is stopped would keep the program waiting, as long as LTTng has patience
 * for each answer: the events are then not written.
 *
 * Where there is no recording, in the session of an operator, all are registered at once:
 * `lttng list --userspace` is to show them.
 */
#ifndef DLSCOPE_EVENT_REGISTRATION_H
#define DLSCOPE_EVENT_REGISTRATION_H

#include <lttng/ust-events.h>

#include "trace_sink.h"

/* What LTTng's generated constructor and destructor call in place of
 * lttng_ust_probe_register and -unregister, whose results they have. */
struct lttng_ust_registered_probe *event_registration_begin(const struct lttng_ust_probe_desc *all);
void event_registration_end(struct lttng_ust_registered_probe *probe);

/* Registers the events of the start.  `ready` is called for each event when it is
 * registered. */
void event_registration_start(void (*ready)(enum trace_event));

/* Registers this event and its group, if they are not yet.  Any thread; not in a signal
 * handler that interrupted the tracer. */
void event_registration_need(enum trace_event event);

/* Before LTTng is told of a fork: waits for whoever is registering. */
void event_registration_before_fork(void);

#endif
