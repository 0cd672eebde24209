/* SPDX-License-Identifier: MIT */
/*
 * Default trace directory.
 */
#include "trace_dirs.h"

static const char *const default_dir[] = { "dlscope.data" };

struct trace_dirs trace_dirs_of(const struct options *options)
{
	if (options->dir_count)
		return (struct trace_dirs){ options->dirs, options->dir_count };
	return (struct trace_dirs){ default_dir, 1 };
}

struct error *trace_dirs_foreign(const char *dir)
{
	return error_create("%s holds no dlscope events: record one with dlscope record, "
			    "or enable the events 'dlscope:*' in your session",
			    dir);
}
