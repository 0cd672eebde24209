/* SPDX-License-Identifier: MIT */
/*
 * LTTng's descriptors, which the program must neither meet nor close.
 */
#ifndef DLSCOPE_DESCRIPTORS_H
#define DLSCOPE_DESCRIPTORS_H

#include <stdbool.h>
#include <sys/types.h>

/* The least number of descriptors with which a process is traced.  tests/transparency:
 * with 16 it is equal, with 5 it was not. */
enum { DESCRIPTORS_LEAST = 16 };

/* May the process have so many descriptors that the tracer's leave the program enough? */
bool descriptors_suffice(void);

/* Is this descriptor LTTng's?  A read of a bit set: no lock, any context. */
bool descriptor_is_lttngs(int fd);

/* pipe2(2) whose descriptors are out of the way, and kept from the program's close()
 * like LTTng's: for libunwind. */
int descriptor_pipe(int fds[2], int flags);

/* read(2); EBADF where the numbers of that pipe's ends have another meaning by now.  A
 * program may have closed them by a system call of its own, and LTTng, or the program
 * itself, have opened a socket there: to read from that one waits for ever. */
ssize_t descriptor_pipe_read(int fd, void *buffer, size_t size);

/* close(2), but for such numbers: they are not libunwind's to close any more. */
int descriptor_pipe_close(int fd);

/* Is this thread closing or opening some on LTTng's behalf? */
bool descriptor_lttng_at_work(void);

/* The first of LTTng's descriptors from `fd` on, or -1. */
int descriptor_next_of_lttngs(int fd);

#endif
