/* SPDX-License-Identifier: MIT */
/* dlerror and dlinfo: see hook_dlerror.h. */
#include "hook_dlerror.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "hooks.h"
#include "real.h"
#include "thread.h"

static bool make_room(struct thread_block *block, size_t size)
{
	if (block->error_capacity >= size)
		return true;
	size_t capacity = (size + 8191) & ~(size_t)4095;
	void *text = mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0);
	if (text == MAP_FAILED)
		return false;
	if (block->error_text)
		munmap(block->error_text, block->error_capacity);
	block->error_text = text;
	block->error_capacity = capacity;
	return true;
}

const char *dlerror_take(void)
{
	int saved_errno = errno;
	struct thread_block *block = dlscope_thread.block;
	errno = -1;
	char *text = dlscope_real_dlerror();
	size_t size = text ? strlen(text) + 1 : 0;
	block->error_errno = errno; /* glibc 2.36 sets it to the error's own code, if any */
	errno = saved_errno;
	dlscope_thread.error_pending = 0;
	if (!text)
		return NULL;
	/* A copy, because calls that do not pass through here (libraries bound to
	 * libc by RTLD_DEEPBIND) make glibc free its own.  Without memory for one
	 * glibc's text has to do. */
	block->error_owed = make_room(block, size) ? memcpy(block->error_text, text, size) : text;
	dlscope_thread.error_pending = 1;
	return block->error_owed;
}

void dlerror_begin(void)
{
	dlscope_thread.error_pending = 0;
}

/* Reached only while a text is owed. */
char *traced_dlerror(void)
{
	const struct thread_block *block = dlscope_thread.block;
	int saved_errno = errno;
	dlscope_thread.error_pending = 0;
	/* Lets glibc free its copy; an error newer than ours is the one to tell. */
	char *newer = block->error_owed == block->error_text ? dlscope_real_dlerror() : NULL;
	if (newer)
		return newer;
	errno = block->error_errno == -1 ? saved_errno : block->error_errno;
	return block->error_owed;
}

/* Not traced: it is here because it settles the error state. */
int traced_dlinfo(void *handle, int request, void *argument)
{
	dlerror_begin();
	return dlscope_real_dlinfo(handle, request, argument);
}
