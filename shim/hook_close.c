/* SPDX-License-Identifier: MIT */
/*
 * close, close_range and closefrom: around the descriptors of LTTng.
 *
 * Daemons close every descriptor at start.  That takes LTTng's own from under it,
 * and liblttng-ust 2.13.5 then aborts the program at exit (counter/shm.c).  LTTng
 * has liblttng-ust-fd.so against it, which knows close() and fclose() only; its
 * close_range came with 2.13.8.
 *
 * These run between fork and exec, so they use system calls and the stack only.
 * To the program LTTng's descriptors are as good as closed: close() of one says
 * EBADF, the two others pass over it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hooks.h"
#include "real.h"
#include "trace.h"

int traced_close(int fd)
{
	if (!trace_owns_descriptor(fd))
		return dlscope_real_close(fd);
	errno = EBADF;
	return -1;
}

/* LTTng's descriptors, in order.  It has about ten, and four more for each buffer
 * of a session and CPU. */
struct owned {
	unsigned count;
	unsigned fds[1024];
};

static void add_owned(struct owned *owned, unsigned fd)
{
	unsigned at = owned->count;
	if (at == sizeof owned->fds / sizeof owned->fds[0])
		return;
	for (; at > 0 && owned->fds[at - 1] > fd; at--)
		owned->fds[at] = owned->fds[at - 1];
	owned->fds[at] = fd;
	owned->count++;
}

struct directory_entry { /* getdents64(2) */
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static void add_from_entries(struct owned *owned, const char *entries, long size, long own_fd)
{
	for (long at = 0; at < size;) {
		const struct directory_entry *entry = (const void *)(entries + at);
		at += entry->size;
		long fd = strtol(entry->name, NULL, 10);
		if (entry->name[0] != '.' && fd != own_fd && trace_owns_descriptor((int)fd))
			add_owned(owned, (unsigned)fd);
	}
}

/* By asking of every open descriptor; without /proc, of the first 65536. */
static void find_owned(struct owned *owned)
{
	char entries[4096] __attribute__((aligned(8)));
	long size;
	owned->count = 0;
	long fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		for (int any = 0; any < 65536; any++)
			if (trace_owns_descriptor(any))
				add_owned(owned, (unsigned)any);
		return;
	}
	while ((size = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0)
		add_from_entries(owned, entries, size, fd);
	syscall(SYS_close, fd);
}

int traced_close_range(unsigned first, unsigned last, int flags)
{
	struct owned owned;
	int saved_errno = errno;
	if (first > last)
		return dlscope_real_close_range(first, last, flags);
	find_owned(&owned);
	errno = saved_errno;
	for (unsigned i = 0; i < owned.count && first <= last; i++) {
		unsigned fd = owned.fds[i];
		if (fd < first || fd > last)
			continue;
		if (fd > first && dlscope_real_close_range(first, fd - 1, flags) != 0)
			return -1;
		first = fd + 1;
	}
	return first <= last ? dlscope_real_close_range(first, last, flags) : 0;
}

/* glibc 2.36 does the same (sysdeps/unix/sysv/linux/closefrom.c) and, where the
 * kernel has no close_range (before 5.9), reads /proc and aborts if it cannot. */
void traced_closefrom(int first)
{
	unsigned from = first < 0 ? 0 : (unsigned)first;
	if (traced_close_range(from, UINT_MAX, 0) == 0)
		return;
	for (int fd = (int)from; fd < 65536; fd++)
		traced_close(fd);
}
