/* SPDX-License-Identifier: MIT */
/*
 * Functions that liblttng-ust imports and gets from us, for what it does with them would
 * show in the program.
 *
 * mmap: 2.13 maps its ring buffers with MAP_POPULATE: of the 2 MiB or 4 MiB of each CPU
 * every page is mapped when a process starts, while it waits, and unmapped when it ends,
 * which takes some 0.2 ms a CPU each, and most processes write a few pages.  From 2.14 on
 * they come when they are written to, unless LTTNG_UST_MAP_POPULATE_POLICY asks for them
 * (lttng-ust(3)).
 *
 * memcpy: its ring buffers are memory that is first written to in this process, and left to
 * the consumer for the reading.  Where a copy goes on to another page, reading that first has
 * Linux map 64 KiB at once (mm/memory.c do_fault_around(), for shared memory writable), which
 * takes 1.3 us and writing 0.6 us a page.  And the lines that the next event will fill are
 * fetched meanwhile: else the locked instruction by which LTTng commits it has to wait for
 * them (25 ns of 220).
 *
 * dlopen: it opens itself in order to stay mapped, in the child of a fork again.  There
 * ld.so ends the process ("Inconsistency detected", glibc 2.36 elf/dl-open.c) if another
 * thread was loading when it was forked.  It is mapped for ever as it is: it comes with
 * libdlscope-lttng.so, which is linked so.  And its tracepoints open what they need with
 * RTLD_GLOBAL: that is in the global scope as it is, and ld.so would make another list of it
 * (global_scope.c).
 *
 * pthread_cancel: at the end of the process it cancels its threads, joins none of them, and
 * says that they may as well stay in their system calls (2.13 lttng_ust_exit()).  To cancel
 * one glibc needs libgcc_s, which a program may not have, and which takes a program in a
 * virtual machine 0.1 ms to start: its constructor asks for the CPU.
 *
 * munmap: from then on its ring buffers may go when the process goes.  To unmap them one by
 * one interrupts the CPU that LTTng's thread ran on: 0.1 ms.
 *
 * shm_open, sendmsg: registration_short.h.
 */
#ifndef DLSCOPE_LTTNG_IMPORTS_H
#define DLSCOPE_LTTNG_IMPORTS_H

#include <stdint.h>

/* Points liblttng-ust's slots to ours, where it is mapped.  Called before it begins: at the
 * first hooked call, which is LTTng's own or an earlier one, and where the shim opens it at
 * its first dlsym() (dlscope_await_dlsym()).  Uses no
 * function that a sanitizer's runtime might define; keeps errno. */
void dlscope_replace_lttng_imports(void) __attribute__((visibility("hidden")));

/* The mode for the dlopen() that was that first call: liblttng-ust-tracepoint's, of itself,
 * is like those that follow. */
uintptr_t dlscope_mode_of_first(uintptr_t mode, const void *return_address)
	__attribute__((visibility("hidden")));

#endif
