/* SPDX-License-Identifier: MIT */
/*
 * Registering events without waiting for each one's number.
 *
 * At the start of each process liblttng-ust asks the session daemon for the number of
 * every event and enumeration, one after the other, and waits for each answer (2.13
 * src/common/ustcomm.c ustcomm_register_event(), ustcomm_register_enum()): for ours 23
 * times, of which each costs two switches between processes.
 *
 * The daemon counts events in a channel and enumerations in a session one by one
 * (lttng-tools 2.13 ust-registry.c), and knows them again when another process asks.  So
 * the first of either is waited for as ever; of those behind it LTTng is told the next
 * number at once.  The answers are read and compared when LTTng releases its lock
 * (ust_unlock()), which nobody else can ask under, and before a single event is written:
 * the shim is attached afterwards, and only if all were as told.
 *
 * Only in processes that a recording started, for the events of the shim's own
 * provider, in the thread that runs the constructors; and only where the messages have
 * the form that they have in 2.13 and 2.14.
 */
#ifndef DLSCOPE_REGISTRATION_AHEAD_H
#define DLSCOPE_REGISTRATION_AHEAD_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Of a message that LTTng is about to send.  Keeps errno. */
void registration_ahead_note(int socket, const struct iovec *part);

/* In place of recvmsg and pthread_mutex_unlock in liblttng-ust. */
ssize_t registration_receive(int socket, struct msghdr *message, int flags);
int registration_unlock(pthread_mutex_t *mutex);

/* False when the daemon gave other numbers than LTTng was told, or none: what this
 * process would write could not be read. */
bool registration_is_sound(void);

#endif
