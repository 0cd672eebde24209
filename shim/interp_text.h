/* SPDX-License-Identifier: MIT */
/*
 * Text of an interpreter's stack, as the event interp_stack has it: function, file and
 * line of each frame, each ended by NUL, innermost frame first.
 */
#ifndef DLSCOPE_INTERP_TEXT_H
#define DLSCOPE_INTERP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
	char *at, *end;
	bool cut; /* something had no room */
};

static inline void append_bytes(struct text *text, const char *part, size_t size)
{
	if (text->cut || size >= (size_t)(text->end - text->at)) {
		text->cut = true;
		return;
	}
	text->at = (char *)memcpy(text->at, part, size) + size;
	*text->at++ = '\0';
}

static inline void append(struct text *text, const char *part)
{
	append_bytes(text, part, strlen(part));
}

static inline void append_number(struct text *text, int number)
{
	char digits[12];
	char *at = digits + sizeof digits - 1;
	unsigned rest = number < 0 ? 0 : (unsigned)number;
	*at = '\0';
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	append(text, at);
}

/* A frame whole, or nothing of it. */
static inline bool append_place(struct text *text, const char *function, const char *file, int line)
{
	char *start = text->at;
	append(text, function ? function : "");
	append(text, file);
	append_number(text, line);
	if (text->cut)
		text->at = start;
	return !text->cut;
}

#endif
