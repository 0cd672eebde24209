/* SPDX-License-Identifier: MIT */
/* Limiting the wait for the session daemon: see registration.h. */
#include "registration.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "daemon_state.h"

enum { DIGITS = 4 };
static const char patient[DIGITS + 1] = "3000", brief[DIGITS + 1] = "0200";

/* What stands behind `name`, which ends in '=', in `text`; else NULL. */
static char *behind(char *text, const char *name)
{
	while (*name && *text == *name)
		text++, name++;
	return *name ? NULL : text;
}

static char *variable(const char *name)
{
	char *value = NULL;
	for (char **at = environ; at && *at && !value; at++)
		value = behind(*at, name);
	return value;
}

static bool equals(const char *text, const char *digits)
{
	size_t i = 0;
	while (i <= DIGITS && text[i] == digits[i])
		i++;
	return i > DIGITS;
}

void dlscope_limit_registration(void)
{
	int saved_errno = errno;
	const char *daemon = variable("DLSCOPE_DAEMON=");
	char *time = daemon ? variable("LTTNG_UST_REGISTER_TIMEOUT=") : NULL;
	if (!time || !(equals(time, patient) || equals(time, brief)))
		return; /* the user's own */
	const char *digits = dlscope_daemon_is_stopped(daemon) ? brief : patient;
	for (size_t i = 0; i < DIGITS; i++)
		if (time[i] != digits[i])
			time[i] = digits[i];
	errno = saved_errno;
}
