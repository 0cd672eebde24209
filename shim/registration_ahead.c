/* SPDX-License-Identifier: MIT */
/* Numbers of events that are not waited for: see registration_ahead.h. */
#include "registration_ahead.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "registration_short.h"
#include "say.h"
#include "trace.h"

/* 2.13 and 2.14 src/common/ustcomm.h struct ustcomm_notify_hdr and what follows it: a
 * question is 316 or 300 bytes long there, from 2.15 on neither. */
struct event_question {
	uint32_t command, session, channel;
	char name[256];
	char rest[48];
} __attribute__((packed));
struct enumeration_question {
	uint32_t command, session;
	char name[256];
	char rest[36];
} __attribute__((packed));
struct event_answer {
	uint32_t command;
	int32_t error;
	uint32_t number;
	char padding[32];
} __attribute__((packed));
struct enumeration_answer {
	uint32_t command;
	int32_t error;
	uint64_t number;
	char padding[32];
} __attribute__((packed));

enum { COMMAND_EVENT, COMMAND_ENUMERATION = 2 };

enum kind { NOTHING, EVENT, ENUMERATION, KINDS };
static const struct {
	uint32_t command;
	size_t size; /* of the answer */
} kinds[KINDS] = {
	[EVENT] = { COMMAND_EVENT, sizeof(struct event_answer) },
	[ENUMERATION] = { COMMAND_ENUMERATION, sizeof(struct enumeration_answer) },
};

union answer {
	uint32_t command;
	struct event_answer event;
	struct enumeration_answer enumeration;
};

/* Written under LTTng's lock, by `asker` alone. */
static pthread_t asker;
static bool has_asker; /* and with it all else */
static struct {
	int socket;
	uint32_t session, channel;
	enum kind asked; /* what the next answer is to */
	struct {
		bool known;
		uint64_t next;
	} numbers[KINDS];
} at;

/* What LTTng was told and the daemon has not yet confirmed. */
enum { MOST_TOLD = 64 };
static struct {
	uint8_t kind;
	uint64_t number;
} told[MOST_TOLD];
static size_t told_count;
static bool is_unsound;

bool registration_is_sound(void)
{
	return !is_unsound;
}

static bool is_asker(void)
{
	return __atomic_load_n(&has_asker, __ATOMIC_ACQUIRE) &&
	       pthread_equal(asker, pthread_self());
}

/* The constructors run in the first thread; LTTng's own, where it does the same for a
 * session that comes later, is another. */
static bool may_ask(void)
{
	if (is_asker())
		return true;
	if (has_asker || !registration_is_recorded() || trace_attached() || gettid() != getpid())
		return false;
	asker = pthread_self();
	__atomic_store_n(&has_asker, true, __ATOMIC_RELEASE);
	return true;
}

/* --- the answers ------------------------------------------------------------------------ */

static bool receive(int socket, void *to, size_t size)
{
	ssize_t got = 0;
	for (char *next = to; size; next += got, size -= (size_t)got)
		do {
			got = recv(socket, next, size, MSG_WAITALL);
			if (got == 0 || (got < 0 && errno != EINTR))
				return false;
		} while (got < 0);
	return true;
}

static uint64_t number_in(enum kind kind, const union answer *answer)
{
	return kind == EVENT ? answer->event.number : answer->enumeration.number;
}

/* The error is at the same place in both. */
static bool is_answer(enum kind kind, const union answer *answer)
{
	return answer->command == kinds[kind].command && answer->event.error == 0;
}

static bool confirm(size_t i, bool *is_other)
{
	union answer answer;
	enum kind kind = told[i].kind;
	if (!receive(at.socket, &answer, kinds[kind].size) || !is_answer(kind, &answer))
		return false;
	*is_other = number_in(kind, &answer) != told[i].number;
	return !*is_other;
}

/* Where one is wrong the socket goes, as LTTng itself does it when one does not come. */
static void confirm_all(void)
{
	int saved_errno = errno;
	bool is_other = false;
	for (size_t i = 0; i < told_count && !is_unsound; i++)
		is_unsound = !confirm(i, &is_other);
	if (is_unsound)
		(void)!shutdown(at.socket, SHUT_RDWR);
	if (is_other)
		say("this process is not recorded: LTTng's session daemon numbers its events "
		    "otherwise than expected",
		    NULL);
	told_count = 0;
	errno = saved_errno;
}

static size_t tell(enum kind kind, void *to)
{
	union answer answer = { .command = kinds[kind].command };
	uint64_t number = at.numbers[kind].next++;
	if (kind == EVENT)
		answer.event.number = (uint32_t)number;
	else
		answer.enumeration.number = number;
	told[told_count].kind = (uint8_t)kind;
	told[told_count++].number = number;
	memcpy(to, &answer, kinds[kind].size);
	return kinds[kind].size;
}

static void learn(enum kind kind, const union answer *answer)
{
	if (!is_answer(kind, answer))
		return;
	at.numbers[kind].known = true;
	at.numbers[kind].next = number_in(kind, answer) + 1;
}

/* --- the questions ---------------------------------------------------------------------- */

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static enum kind kind_of(const struct iovec *part)
{
	const struct event_question *event = part->iov_base;
	const struct enumeration_question *enumeration = part->iov_base;
	if (part->iov_len == sizeof *event && event->command == COMMAND_EVENT &&
	    begins(event->name, "dlscope:"))
		return EVENT;
	if (part->iov_len == sizeof *enumeration && enumeration->command == COMMAND_ENUMERATION &&
	    begins(enumeration->name, "dlscope_"))
		return ENUMERATION;
	return NOTHING;
}

static void forget_numbers(void)
{
	memset(at.numbers, 0, sizeof at.numbers);
}

/* Events are counted by channel, enumerations by session. */
static void turn_to(int socket, const struct event_question *question, enum kind kind)
{
	if (at.socket != socket || at.session != question->session) {
		confirm_all();
		forget_numbers();
		at.socket = socket;
		at.session = question->session;
		at.channel = question->channel;
	}
	if (kind == EVENT && at.channel != question->channel) {
		at.channel = question->channel;
		at.numbers[EVENT].known = false;
	}
	at.asked = kind;
}

void registration_ahead_note(int socket, const struct iovec *part)
{
	enum kind kind = kind_of(part);
	if (kind && may_ask())
		turn_to(socket, part->iov_base, kind);
}

ssize_t registration_receive(int socket, struct msghdr *message, int flags)
{
	struct iovec part = message->msg_iov[0]; /* LTTng's are of one part */
	if (!is_asker() || socket != at.socket)
		return recvmsg(socket, message, flags);
	enum kind kind = at.asked;
	at.asked = NOTHING;
	if (kind && part.iov_len == kinds[kind].size && at.numbers[kind].known && !is_unsound &&
	    told_count < MOST_TOLD)
		return (ssize_t)tell(kind, part.iov_base);
	confirm_all();
	ssize_t got = recvmsg(socket, message, flags);
	if (kind && got == (ssize_t)kinds[kind].size && part.iov_len == (size_t)got)
		learn(kind, part.iov_base);
	return got;
}

int registration_unlock(pthread_mutex_t *mutex)
{
	if (is_asker() && told_count)
		confirm_all();
	return pthread_mutex_unlock(mutex);
}
