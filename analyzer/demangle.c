/* SPDX-License-Identifier: MIT */
/*
 * Names of functions, through libiberty: see demangle.h.
 */
#include "demangle.h"

#include <glib.h>
#include <libiberty/demangle.h>
#include <string.h>

char *demangle(const char *name)
{
	const int style = DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO;
	const char *suffix = strchr(name, '.');
	g_autofree char *stem = suffix ? g_strndup(name, (gsize)(suffix - name)) : NULL;
	/* so begin the schemes of C++, Rust and D */
	char *text = *name == '_' ? cplus_demangle(name, style) : NULL;

	/* "_ZN3foo3barEv.cold": what GCC has appended keeps it from being read */
	if (!text && stem && *name == '_')
		text = cplus_demangle(stem, style);
	return text ? text : strdup(name);
}
