/* SPDX-License-Identifier: MIT */
/*
 * LTTng's descriptors, out of the program's way: see descriptors.h.
 *
 * A program's first open() gives 3, and some count on it; a shell's `exec 3>file` or
 * a dup2() onto a number takes whatever is there.  LTTng's sockets and shared memory
 * would have those numbers.  Every descriptor of liblttng-ust passes through
 * lttng_ust_add_fd_to_tracker() of liblttng-ust-common, and the number that it
 * returns is the one used from then on; when it has been closed it passes through
 * lttng_ust_delete_fd_from_tracker() (2.13.5, libcommon/ust-fd.c).  So defining the
 * two is enough to move the descriptor up, and to know all of them; and the two that
 * lock the tracker tell when it is LTTng that closes one.
 *
 * LTTng's own way to ask, lttng_ust_safe_close_fd(), takes a mutex that a child
 * forked without its helper library inherits locked, and children close descriptors.
 */
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "real.h"

enum { NUMBERS = 65536 };
static uint64_t lttngs[NUMBERS / 64];

static void mark(int fd, bool own)
{
	uint64_t bit = (uint64_t)1 << (fd % 64);
	if (fd < 0 || fd >= NUMBERS)
		return;
	if (own)
		__atomic_fetch_or(&lttngs[fd / 64], bit, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&lttngs[fd / 64], ~bit, __ATOMIC_RELAXED);
}

bool descriptor_is_lttngs(int fd)
{
	return fd >= 0 && fd < NUMBERS &&
	       __atomic_load_n(&lttngs[fd / 64], __ATOMIC_RELAXED) >> (fd % 64) & 1;
}

int descriptor_next_of_lttngs(int fd)
{
	while (fd >= 0 && fd < NUMBERS) {
		uint64_t rest = __atomic_load_n(&lttngs[fd / 64], __ATOMIC_RELAXED) >> (fd % 64);
		if (rest)
			return fd + __builtin_ctzll(rest);
		fd = (fd / 64 + 1) * 64;
	}
	return -1;
}

/* Below 1024, where select() and LTTng's own table end, and below the soft limit. */
static int first_number(void)
{
	struct rlimit limit;
	long most = 1024;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)most)
		most = (long)limit.rlim_cur;
	return (int)(most - most / 4);
}

bool descriptors_suffice(void)
{
	struct rlimit limit;
	return getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS_LEAST;
}

static int move_up(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, first_number());
	if (moved >= 0)
		syscall(SYS_close, fd);
	return moved >= 0 ? moved : fd;
}

/* The last pipe that was made; both ends have its inode. */
static struct {
	int ends[2];
	ino_t inode;
} own_pipe = { .ends = { -1, -1 } };

int descriptor_pipe(int fds[2], int flags)
{
	struct stat status;
	if (!descriptors_suffice() || pipe2(fds, flags) != 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		fds[i] = own_pipe.ends[i] = move_up(fds[i]);
		mark(fds[i], true);
	}
	own_pipe.inode = fstat(fds[0], &status) == 0 ? status.st_ino : 0;
	return 0;
}

static bool is_end_of_pipe(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) &&
	       status.st_ino == own_pipe.inode;
}

ssize_t descriptor_pipe_read(int fd, void *buffer, size_t size)
{
	if (fd == own_pipe.ends[0] && !(is_end_of_pipe(fd) && is_end_of_pipe(own_pipe.ends[1]))) {
		errno = EBADF;
		return -1;
	}
	return syscall(SYS_read, fd, buffer, size);
}

int descriptor_pipe_close(int fd)
{
	if (fd == own_pipe.ends[0] || fd == own_pipe.ends[1]) {
		if (!is_end_of_pipe(fd))
			return 0;
		mark(fd, false);
	}
	return (int)syscall(SYS_close, fd);
}

/* LTTng holds its tracker's lock while it closes. */
static __thread unsigned at_work __attribute__((tls_model("initial-exec")));

bool descriptor_lttng_at_work(void)
{
	return at_work > 0;
}

/* liblttng-ust-common's; it stays mapped. */
static void *real_function(void **found, const char *name)
{
	void *function = __atomic_load_n(found, __ATOMIC_RELAXED);
	if (!function) {
		function = dlscope_next_definition(name);
		__atomic_store_n(found, function, __ATOMIC_RELAXED);
	}
	return function;
}

void lttng_ust_lock_fd_tracker(void) __attribute__((visibility("default")));
void lttng_ust_unlock_fd_tracker(void) __attribute__((visibility("default")));

void lttng_ust_lock_fd_tracker(void)
{
	static void *found;
	void (*lock)(void) = (void (*)(void))real_function(&found, __func__);
	if (lock)
		lock();
	at_work++;
}

void lttng_ust_unlock_fd_tracker(void)
{
	static void *found;
	void (*unlock)(void) = (void (*)(void))real_function(&found, __func__);
	at_work--;
	if (unlock)
		unlock();
}

int lttng_ust_add_fd_to_tracker(int fd) __attribute__((visibility("default")));
void lttng_ust_delete_fd_from_tracker(int fd) __attribute__((visibility("default")));

int lttng_ust_add_fd_to_tracker(int fd)
{
	static void *found;
	int (*add)(int) = (int (*)(int))real_function(&found, __func__);
	fd = move_up(fd);
	fd = add ? add(fd) : fd;
	mark(fd, true);
	return fd;
}

void lttng_ust_delete_fd_from_tracker(int fd)
{
	static void *found;
	void (*delete)(int) = (void (*)(int))real_function(&found, __func__);
	mark(fd, false);
	if (delete)
		delete (fd);
}
