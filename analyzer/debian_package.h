/* SPDX-License-Identifier: MIT */
/*
 * Which Debian package a file belongs to, as dpkg and apt say.
 */
#ifndef DLSCOPE_DEBIAN_PACKAGE_H
#define DLSCOPE_DEBIAN_PACKAGE_H

/* A file that packages bring; free with debian_file_clear(). */
struct debian_file {
	char *package, *path; /* NULL: none was found */
};

void debian_file_clear(struct debian_file *file);

/* An installed package: that brought the file at `path`, or one of that name, wherever
 * it is. */
struct debian_file debian_installed_path(const char *path);
struct debian_file debian_installed_name(const char *name);

/* A package that could be installed and has a file of that name (apt-file, where its
 * lists are there). */
struct debian_file debian_available_name(const char *name);

/* A package that could be installed and whose name says that it has the library (Debian
 * Policy 8.1: libfoo.so.6 is in libfoo6, libfoo2.so.6 in libfoo2-6).  Caller g_free()s. */
char *debian_named_for(const char *library);

#endif
