/* SPDX-License-Identifier: MIT */
/* Finding the main program's file: see program_path.h. */
#include "program_path.h"

#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dl_call.h"

static char path[DL_TEXT_MAX + 1];

/* A line of /proc/self/maps: "START-END PERMISSIONS OFFSET DEVICE INODE PATH". */
struct line {
	char text[DL_TEXT_MAX + 128];
	size_t size;
};

static bool covers(const struct line *line, uintptr_t address)
{
	char *end;
	uintptr_t start = strtoul(line->text, &end, 16);
	return start <= address && *end == '-' && address < strtoul(end + 1, NULL, 16);
}

/* Whether `line` was the one; the kernel writes some characters of paths as \ooo. */
static bool take_line(struct line *line, uintptr_t address)
{
	line->text[line->size] = '\0';
	line->size = 0;
	const char *found = strchr(line->text, '/');
	if (!covers(line, address))
		return false;
	if (found && strlen(found) < sizeof path && !strchr(found, '\\'))
		strcpy(path, found);
	return true;
}

static bool take_text(struct line *line, const char *text, long size, uintptr_t address)
{
	for (long i = 0; i < size; i++) {
		if (text[i] == '\n' && take_line(line, address))
			return true;
		if (text[i] != '\n' && line->size < sizeof line->text - 1)
			line->text[line->size++] = text[i];
	}
	return false;
}

/* By system calls: open, read and close are cancellation points, and the shim's own. */
static void find_mapped_at(uintptr_t address)
{
	char text[1024];
	static struct line line; /* too much for a small stack */
	long size, fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	do
		size = syscall(SYS_read, fd, text, sizeof text);
	while (size > 0 && !take_text(&line, text, size, address));
	syscall(SYS_close, fd);
}

void program_path_find(void)
{
	ssize_t size = readlink("/proc/self/exe", path, DL_TEXT_MAX);
	path[size < 0 ? 0 : size] = '\0';
	find_mapped_at((uintptr_t)_r_debug.r_map->l_ld);
}

const char *program_path(void)
{
	return path;
}
