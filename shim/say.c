/* SPDX-License-Identifier: MIT */
/* One line on stderr, without stdio: see say.h. */
#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct line {
	char text[512];
	size_t size;
};

static void append(struct line *line, const char *part)
{
	size_t size = strlen(part);
	size_t room = sizeof line->text - 1 - line->size;
	size = size < room ? size : room;
	memcpy(line->text + line->size, part, size);
	line->size += size;
}

void say(const char *part, ...)
{
	int saved_errno = errno;
	struct line line = { .size = 0 };
	va_list parts;
	append(&line, "dlscope: ");
	va_start(parts, part);
	for (; part; part = va_arg(parts, const char *))
		append(&line, part);
	va_end(parts);
	line.text[line.size++] = '\n';
	/* not write(): that is a cancellation point */
	(void)syscall(SYS_write, STDERR_FILENO, line.text, line.size);
	errno = saved_errno;
}
