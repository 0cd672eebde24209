/* SPDX-License-Identifier: MIT */
/*
 * Scope guards.  A pointer declared with one of these is released when its scope
 * ends; return_ptr() and take_ptr() are the words that hand it on instead, so
 * that ownership can be read off the page:
 *
 *	_cleanup_free_ char *path = strdup(name);
 *	...
 *	return_ptr(path);
 *
 * Modules with a type of their own declare its guard beside its destructor with
 * CLEANUP_FUNCTION().
 */
#ifndef DLSCOPE_CLEANUP_H
#define DLSCOPE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "error.h"

#define _cleanup_(function) __attribute__((cleanup(function)))

/* Defines cleanup_<destroy>() that calls destroy(pointer) unless it is NULL. */
#define CLEANUP_FUNCTION(type, destroy) \
	static inline void cleanup_##destroy(type **pointer) \
	{ \
		if (*pointer) \
			destroy(*pointer); \
	}

/* The pointer's value; the variable becomes NULL and its guard has no work. */
#define take_ptr(pointer) \
	__extension__({ \
		__auto_type taken_ = (pointer); \
		(pointer) = NULL; \
		taken_; \
	})
#define return_ptr(pointer) return take_ptr(pointer)

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void cleanup_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_error(struct error **err)
{
	error_free(*err);
}

#define _cleanup_free_	   _cleanup_(cleanup_free)
#define _cleanup_fclose_   _cleanup_(cleanup_fclose)
#define _cleanup_closedir_ _cleanup_(cleanup_closedir)
#define _cleanup_close_	   _cleanup_(cleanup_close) /* initialise with -1 */
#define _cleanup_error_	   _cleanup_(cleanup_error)

/* Hands an error up the stack. */
#define RETURN_IF_ERROR(expression) \
	do { \
		struct error *return_err_ = (expression); \
		if (return_err_) \
			return return_err_; \
	} while (0)

#endif
