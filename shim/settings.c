/* SPDX-License-Identifier: MIT */
/* Reading settings.def's variables; no stdio, no malloc: see settings.h. */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "say.h"

struct settings settings = {
#define SETTING(variable, field, kind, initial, meaning, cost) .field = initial,
#include "settings.def"
#undef SETTING
};

static bool parse_NUMBER(const char *text, uint32_t *value)
{
	uint64_t number = 0;
	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || number > UINT32_MAX)
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
	}
	*value = (uint32_t)number;
	return number <= UINT32_MAX;
}

static bool parse_SWITCH(const char *text, bool *value)
{
	*value = strcmp(text, "1") == 0;
	return *value || strcmp(text, "0") == 0;
}

static bool parse_TEXT(const char *text, const char **value)
{
	*value = text;
	return true;
}

static bool parse_DLSYM_SCOPE(const char *text, enum dlsym_scope *value)
{
	static const char *const names[] = { "all", "init", "none" };
	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) == 0) {
			*value = (enum dlsym_scope)i;
			return true;
		}
	}
	return false;
}

void settings_read(void)
{
	struct settings read = settings;
	const char *text;
#define SETTING(variable, field, kind, initial, meaning, cost) \
	text = getenv(variable); \
	if (text && *text && !parse_##kind(text, &read.field)) { \
		say(variable, "=", text, \
		    " is not understood, the default is used: see libdlscope(7)", NULL); \
		read.field = settings.field; \
	}
#include "settings.def"
#undef SETTING
	settings = read;
}
