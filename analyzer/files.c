/* SPDX-License-Identifier: MIT */
/*
 * Small helpers around files and directories.
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>

#include "cleanup.h"

char *text_format(const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	return text;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

struct error *files_remove_tree(const char *path)
{
	enum { OPEN_DIRECTORIES = 16 };

	if (nftw(path, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 &&
	    errno != ENOENT)
		return error_errno(errno, "cannot remove %s", path);
	return NULL;
}

bool files_directory_is_empty(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return false;
	return true;
}

bool files_read_text(const char *path, char *text, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;

	while (fd >= 0 && length < size - 1) {
		ssize_t got = read(fd, text + length, size - 1 - length);

		if (got < 0)
			return false;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	return fd >= 0;
}

bool files_try_lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}
