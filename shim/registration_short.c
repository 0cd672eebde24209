/* SPDX-License-Identifier: MIT */
/* What is left out of LTTng's registration: see registration_short.h. */
#include "registration_short.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "daemon_sockets.h"
#include "environment.h"

/* How a registration begins (2.13 src/common/ustcomm.h struct lttng_ust_ctl_reg_msg,
 * include/lttng/ust-abi.h); 2.14 has version 10. */
struct beginning {
	uint32_t magic, major;
};
static const struct beginning with_notifiers = { 0xC57C57C5, 9 };
enum { MAJOR_WITHOUT_NOTIFIERS = 8 };

/* Not from struct settings: that is read when the provider is attached. */
static bool is_recorded, triggers_are_unknown;

void registration_look_around(void)
{
	const char *triggers = environment_behind("DLSCOPE_TRIGGERS=");
	is_recorded = environment_behind("DLSCOPE_RUN=") != NULL;
	triggers_are_unknown = triggers && triggers[0] == '0' && !triggers[1];
}

/* The daemons that are there. */
static bool of_system, of_user;

/* /lttng-ust-wait-N is the system's, /lttng-ust-wait-N-UID the user's. */
static bool is_of_nobody(const char *name)
{
	static const char start[] = "/lttng-ust-wait-";
	if (strncmp(name, start, sizeof start - 1) != 0)
		return false;
	if (strchr(name + sizeof start - 1, '-'))
		return !(of_user = daemon_of_user_there());
	return !(of_system = daemon_of_system_there());
}

int registration_open_memory(const char *name, int flags, mode_t mode)
{
	if (is_recorded && is_of_nobody(name)) {
		errno = EACCES; /* at ENOENT liblttng-ust would make it */
		return -1;
	}
	return shm_open(name, flags, mode);
}

/* `part` is liblttng-ust's own copy, on its stack. */
static void adapt(const struct iovec *part)
{
	if (is_recorded && triggers_are_unknown && !(of_system && of_user) &&
	    part->iov_len > sizeof with_notifiers &&
	    memcmp(part->iov_base, &with_notifiers, sizeof with_notifiers) == 0)
		((struct beginning *)part->iov_base)->major = MAJOR_WITHOUT_NOTIFIERS;
}

ssize_t registration_send(int socket, const struct msghdr *message, int flags)
{
	adapt(message->msg_iov);
	return sendmsg(socket, message, flags);
}
