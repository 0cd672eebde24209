/* SPDX-License-Identifier: MIT */
/* Reading the environment: see environment.h. */
#include "environment.h"

#include <stddef.h>
#include <unistd.h>

static char *behind(char *text, const char *name)
{
	while (*name && *text == *name)
		text++, name++;
	return *name ? NULL : text;
}

char *environment_behind(const char *name)
{
	char *value = NULL;
	for (char **at = environ; at && *at && !value; at++)
		value = behind(*at, name);
	return value;
}
