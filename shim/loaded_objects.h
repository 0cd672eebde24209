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

/* Small in memory that is touched: each page of it costs a page fault, or two. */
struct loaded_objects {
	uint32_t lock;	      /* held while scanning; see objects_scan() */
	uint32_t sweep;	      /* number of the sweep going on */
	uint64_t unloads;     /* dlpi_subs of dl_iterate_phdr when last compared */
	uint64_t loads;	      /* dlpi_adds when last scanned */
	int32_t opening;      /* traced loads going on */
	uint64_t reported;    /* how many were, ever */
	uint32_t count, ever; /* of `known` in use, and used so far */
	uint16_t
		places[OBJECTS_MAX]; /* by base address: number in `known` + 2; 0 free, 1 deleted */
	uint16_t
		used[OBJECTS_MAX]; /* numbers in use, `count` of them in no order, then free ones */
	struct known_object {
		uintptr_t key;	 /* base address + 1; 0 gone */
		uintptr_t map;	 /* struct link_map */
		uintptr_t end;	 /* of its mapping */
		uint64_t load;	 /* call that it was reported for */
		uint64_t number; /* `reported` when it was */
		uint32_t seen_in_sweep;
		bool opened; /* it is what that call asked for, not a dependency */
	} known[OBJECTS_MAX];
};

struct process;

/* What load `call` has done, from the handle it returned: brought the object in,
 * or found it there.  `since` is what objects_reported() said when it began.
 * Reports the new objects on the way.  When another thread's load ends while this
 * one is still mapping, its scan may report this one's objects as its own; that is
 * told from a true "already loaded" by asking who opened the object itself. */
bool objects_brought_in(struct process *process, uint64_t call, uint64_t since,
			const struct link_map *handle);

/* How many objects have been reported so far. */
uint64_t objects_reported(const struct process *process);

/* Reports what is mapped and not yet known, as brought in by load `call` (0:
 * was there before); `handle`, if not NULL, is looked at too, with its namespace,
 * which dl_iterate_phdr does not show when it is another than ours.
 * dl_iterate_phdr holds glibc's dl_load_write_lock, which fork() does not reset
 * in the child (glibc 2.36 posix/fork.c), so a fork waits for the lock here
 * (objects_before_fork), and nothing else is done while glibc holds its own. */
void objects_scan(struct process *process, uint64_t call, const struct link_map *handle);

/* Before and after a traced load.  What came in since the last scan and through no
 * traced load (the C library's own: gconv, name service; calls that bypass the shim)
 * is reported first, as brought in by none.  Not while other loads are going on, whose
 * objects it might be. */
void objects_before_load(struct process *process);
void objects_after_load(struct process *process);

/* Reports what has gone since the last sweep, as let go by `call`. */
void objects_sweep(struct process *process, uint64_t call);

/* For fork_guard.c: no fork while this process scans. */
void objects_before_fork(void);
void objects_after_fork(void);

#endif
