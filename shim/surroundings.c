/* SPDX-License-Identifier: MIT */
/* What the loader's answers depend on: see surroundings.h. */
#include "surroundings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "thread.h"

static char library_path[DL_TEXT_MAX + 1];

void surroundings_keep(void)
{
	/* programs overwrite their environment's memory to change what ps shows */
	const char *text = getenv("LD_LIBRARY_PATH");
	if (text && !getauxval(AT_SECURE))
		strncpy(library_path, text, DL_TEXT_MAX);
}

const char *surroundings_library_path(void)
{
	return library_path;
}

const char *surroundings_directory(void)
{
	struct thread_block *block = thread_block();
	/* not getcwd(): glibc 2.36 (sysdeps/unix/sysv/linux/getcwd.c) allocates for
	 * paths that the system call has no room for */
	long size = block ? syscall(SYS_getcwd, block->scratch, DL_TEXT_MAX) : -1;
	return size > 0 && block->scratch[0] == '/' ? block->scratch : "";
}

uint64_t surroundings_memory_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return limit.rlim_cur;
}
