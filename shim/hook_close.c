/* SPDX-License-Identifier: MIT */
/*
 * close, close_range and closefrom: around the descriptors of LTTng.
 *
 * Daemons close every descriptor at start.  That takes LTTng's own from under it,
 * and liblttng-ust 2.13.5 then aborts the program at exit (counter/shm.c).  LTTng
 * has liblttng-ust-fd.so against it, which knows close() and fclose() only; its
 * close_range came with 2.13.8.
 *
 * These run between fork and exec and in signal handlers, so they take no lock.  To
 * the program LTTng's descriptors are as good as closed: close() of one says EBADF,
 * the two others pass over it.  LTTng closes its own.
 */
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "descriptors.h"
#include "hooks.h"
#include "real.h"

/* Not every close() of liblttng-ust's is made with its tracker locked (2.13.5,
 * counter/shm.c). */
static bool is_lttng(const void *return_address)
{
	struct dl_find_object caller;
	return descriptor_lttng_at_work() ||
	       (_dl_find_object((void *)return_address, &caller) == 0 &&
		strstr(caller.dlfo_link_map->l_name, "/liblttng-ust"));
}

/* A system call of the program's own, which no library sees, may have closed one of
 * LTTng's before; liblttng-ust aborts when it hears of that (2.13.5, counter/shm.c). */
int traced_close(int fd)
{
	const void *return_address = __builtin_return_address(0);
	if (descriptor_is_lttngs(fd) && !is_lttng(return_address)) {
		errno = EBADF;
		return -1;
	}
	int status = dlscope_real_close(fd);
	return status != 0 && errno == EBADF && is_lttng(return_address) ? 0 : status;
}

int traced_close_range(unsigned first, unsigned last, int flags)
{
	while (first <= last) {
		int next = descriptor_next_of_lttngs(first <= INT_MAX ? (int)first : -1);
		if (next < 0 || (unsigned)next > last)
			break;
		if ((unsigned)next > first &&
		    dlscope_real_close_range(first, (unsigned)next - 1, flags) != 0)
			return -1;
		if ((unsigned)next == last)
			return 0;
		first = (unsigned)next + 1;
	}
	return dlscope_real_close_range(first, last, flags);
}

/* glibc 2.36 does the same (sysdeps/unix/sysv/linux/closefrom.c) and, where the
 * kernel has no close_range (before 5.9), reads /proc and aborts if it cannot. */
void traced_closefrom(int first)
{
	int from = first < 0 ? 0 : first;
	if (traced_close_range((unsigned)from, UINT_MAX, 0) == 0)
		return;
	for (int fd = from; fd < 65536; fd++)
		traced_close(fd);
}
