/* SPDX-License-Identifier: MIT */
/*
 * The objects mapped in this image, as far as they have been reported.
 *
 * glibc has no call that says "these are new", so the list of link maps is
 * compared with a table of those already reported, after each load that brought
 * something new and after each close that let something go.
 */
#ifndef DLSCOPE_LOADED_OBJECTS_H
#define DLSCOPE_LOADED_OBJECTS_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

enum { OBJECTS_MAX = 4096 };

struct loaded_objects {
	uint32_t lock;  /* held while scanning; see objects_scan() */
	uint32_t sweep; /* number of the sweep going on */
	uint64_t unloads; /* dlpi_subs of dl_iterate_phdr when last compared */
	struct known_object {
		uintptr_t map; /* struct link_map; 0 free, 1 deleted */
		uintptr_t base;
		uint32_t seen_in_sweep;
	} known[OBJECTS_MAX];
};

struct process;

/* Was this object reported and not yet seen to go?  Lock free, ~5 ns. */
bool objects_known(const struct process *process, const struct link_map *map);

/* Reports what is mapped and not yet known, as brought in by load `call` (0:
 * was there before); `handle`, if not NULL, is looked at too, with its namespace,
 * which dl_iterate_phdr does not show when it is another than ours.
 * dl_iterate_phdr holds glibc's dl_load_write_lock, which fork() does not reset
 * in the child (glibc 2.36 posix/fork.c), so a fork waits for the lock here
 * (objects_before_fork), and nothing else is done while glibc holds its own. */
void objects_scan(struct process *process, uint64_t call, const struct link_map *handle);

/* Reports what has gone since the last sweep, as let go by `call`. */
void objects_sweep(struct process *process, uint64_t call);

/* pthread_atfork handlers: no fork while this process scans. */
void objects_before_fork(void);
void objects_after_fork(void);

#endif
