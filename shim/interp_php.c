/* SPDX-License-Identifier: MIT */
/*
 * Where PHP is: the two functions that its own messages use, of the innermost function
 * that is a script's (php 8.2 Zend/zend_execute_API.c).  They read what is there.  When
 * extensions are loaded because a configuration file names them, nothing is.
 */
#include <stddef.h>

#include "interp_stack.h"
#include "runtimes.h"

static const struct php {
	const struct link_map *map;
	const char *(*file)(void);
	uint32_t (*line)(void);
} * met;

void php_attach(struct process *process, const struct link_map *map)
{
	static struct php php;
	/* Thread-safe builds ask a table of the thread for it, which this one may not have. */
	if (met || interp_symbol(map, "tsrm_startup"))
		return;
	php.map = map;
	php.file = (const char *(*)(void))interp_symbol(map, "zend_get_executed_filename");
	php.line = (uint32_t(*)(void))interp_symbol(map, "zend_get_executed_lineno");
	if (php.file && php.line)
		__atomic_store_n(&met, &php, __ATOMIC_RELEASE);
}

uint32_t php_walk(const struct span *span, const intptr_t *arguments, struct text *text,
		  uint32_t depth)
{
	const struct php *php = __atomic_load_n(&met, __ATOMIC_ACQUIRE);
	if (!php || span->caller.map != php->map)
		return 0;
	const char *file = php->file();
	return file && *file != '[' &&
	       append_place(text, "", file, (int)php->line()); /* [no active file] */
}
