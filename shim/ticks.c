/* SPDX-License-Identifier: MIT */
/* Measuring short durations: see ticks.h. */
#include "ticks.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LONG_ENOUGH_NS = 500000, TRIES = 3, TOGETHER_TICKS = 250 };

uint64_t ticks_scale;

/* The same moment on both. */
struct moment {
	uint64_t ticks, ns;
};
static struct moment first; /* .ticks 0: no counter */

/* Unless the thread was interrupted in between. */
static bool read_both(struct moment *moment)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t before = ticks_read();
		moment->ns = now_ns();
		moment->ticks = ticks_read();
		if (moment->ticks - before < TOGETHER_TICKS)
			return true;
	}
	return false;
}

static bool clock_is_counter(void)
{
	static const char path[] =
		"/sys/devices/system/clocksource/clocksource0/current_clocksource";
	char text[32] = "";
	int saved_errno = errno;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		(void)syscall(SYS_read, fd, text, sizeof text - 1);
		syscall(SYS_close, fd);
	}
	errno = saved_errno;
	return text[0] && strcmp(text, TICKS_CLOCKSOURCE) == 0;
}

void ticks_prepare(void)
{
	struct moment now;
	if (!clock_is_counter() || !read_both(&now))
		return;
	first.ns = now.ns;
	__atomic_store_n(&first.ticks, now.ticks, __ATOMIC_RELEASE); /* hooks may run by now */
}

void ticks_calibrate(void)
{
	struct moment now;
	uint64_t first_ticks = __atomic_load_n(&first.ticks, __ATOMIC_ACQUIRE);
	if (__atomic_load_n(&ticks_scale, __ATOMIC_RELAXED) || !first_ticks || !read_both(&now) ||
	    now.ns - first.ns < LONG_ENOUGH_NS || now.ticks <= first_ticks)
		return;
	uint64_t scale = (uint64_t)(((unsigned __int128)(now.ns - first.ns) << 32) /
				    (now.ticks - first_ticks));
	__atomic_store_n(&ticks_scale, scale, __ATOMIC_RELAXED);
}
