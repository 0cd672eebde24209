/* SPDX-License-Identifier: MIT */
/*
 * Messages between two processes of this program on a socket: a size, then numbers
 * and texts one after the other, in the form of this machine.
 */
#ifndef DLSCOPE_MESSAGE_H
#define DLSCOPE_MESSAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct message {
	GByteArray *bytes;
	size_t at; /* of what is taken next */
};

void message_init(struct message *message);
void message_clear(struct message *message);

void message_put_number(struct message *message, uint64_t number);
void message_put_text(struct message *message, const char *text); /* NULL is "" */

/* 0 and "" behind the end. */
uint64_t message_take_number(struct message *message);
const char *message_take_text(struct message *message);

/* False when the other side has gone. */
bool message_send(const struct message *message, int socket);
bool message_receive(struct message *message, int socket);

#endif
