/* SPDX-License-Identifier: MIT */
/*
 * Small helpers around files and directories.
 */
#ifndef DLSCOPE_FILES_H
#define DLSCOPE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/* printf into a new string; NULL when memory is out. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Removes a directory and all below it, following no symbolic link and crossing
 * no mount.  What has gone already is no error. */
struct error *files_remove_tree(const char *path);

/* True when nothing is in the directory. */
bool files_directory_is_empty(const char *path);

/* Reads a small file (cut at size - 1) and ends it with NUL; false when it
 * cannot be read. */
bool files_read_text(const char *path, char *text, size_t size);

/* Takes the file's flock without waiting; false when somebody holds it. */
bool files_try_lock(int fd);

#endif
