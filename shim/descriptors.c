/* SPDX-License-Identifier: MIT */
/*
 * LTTng's descriptors, out of the program's way.
 *
 * A program's first open() gives 3, and some count on it; a shell's `exec 3>file` or
 * a dup2() onto a number takes whatever is there.  LTTng's sockets and shared memory
 * would have those numbers.  Every descriptor of liblttng-ust passes through
 * lttng_ust_add_fd_to_tracker() of liblttng-ust-common, and the number that it
 * returns is the one used from then on (2.13.5 libcommon/ust-fd.c); so defining that
 * function, and moving the descriptor up before calling the real one, is enough.
 */
#include <fcntl.h>
#include <link.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "elf_image.h"

/* Below 1024, where select() and LTTng's own table end, and below the soft limit. */
static int first_number(void)
{
	struct rlimit limit;
	long most = 1024;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)most)
		most = (long)limit.rlim_cur;
	return (int)(most - most / 4);
}

static int (*real_add(void))(int)
{
	const struct link_map *self = NULL;
	struct elf_symbol symbol;
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next) {
		if (!elf_find_symbol(map, "lttng_ust_add_fd_to_tracker", &symbol))
			continue;
		if (self)
			return (int (*)(int))symbol.address;
		self = map; /* the first one is ours */
	}
	return NULL;
}

int lttng_ust_add_fd_to_tracker(int fd) __attribute__((visibility("default")));

int lttng_ust_add_fd_to_tracker(int fd)
{
	int (*add)(int) = real_add();
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, first_number());
	if (moved >= 0) {
		syscall(SYS_close, fd);
		fd = moved;
	}
	return add ? add(fd) : fd;
}
