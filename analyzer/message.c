/* SPDX-License-Identifier: MIT */
/*
 * Both sides are one program, so there is no version and no byte order; a size is
 * still not trusted, as the sender may have been dying.
 */
#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

void message_init(struct message *message)
{
	message->bytes = g_byte_array_new();
	message->at = 0;
}

void message_clear(struct message *message)
{
	g_byte_array_free(message->bytes, TRUE);
}

void message_put_number(struct message *message, uint64_t number)
{
	g_byte_array_append(message->bytes, (const guint8 *)&number, sizeof(number));
}

void message_put_text(struct message *message, const char *text)
{
	if (!text)
		text = "";
	g_byte_array_append(message->bytes, (const guint8 *)text, (guint)strlen(text) + 1);
}

uint64_t message_take_number(struct message *message)
{
	uint64_t number = 0;

	if (message->bytes->len - message->at < sizeof(number))
		return 0;
	memcpy(&number, message->bytes->data + message->at, sizeof(number));
	message->at += sizeof(number);
	return number;
}

const char *message_take_text(struct message *message)
{
	const char *text = (const char *)message->bytes->data + message->at;
	size_t rest = message->bytes->len - message->at;
	const char *nul = rest ? memchr(text, '\0', rest) : NULL;

	if (!nul)
		return "";
	message->at += (size_t)(nul - text) + 1;
	return text;
}

static bool send_bytes(int socket, const void *bytes, size_t size)
{
	while (size) {
		ssize_t sent = send(socket, bytes, size, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes = (const char *)bytes + sent;
		size -= (size_t)sent;
	}
	return true;
}

static bool receive_bytes(int socket, void *bytes, size_t size)
{
	while (size) {
		ssize_t got = recv(socket, bytes, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes = (char *)bytes + got;
		size -= (size_t)got;
	}
	return true;
}

bool message_send(const struct message *message, int socket)
{
	uint64_t size = message->bytes->len;

	return send_bytes(socket, &size, sizeof(size)) &&
	       send_bytes(socket, message->bytes->data, size);
}

bool message_receive(struct message *message, int socket)
{
	uint64_t size;

	message->at = 0;
	if (!receive_bytes(socket, &size, sizeof(size)) || size > G_MAXINT32)
		return false;
	g_byte_array_set_size(message->bytes, (guint)size);
	return receive_bytes(socket, message->bytes->data, size);
}
