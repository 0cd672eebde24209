/* SPDX-License-Identifier: MIT */
/*
 * How large the ring buffers of a recording are.
 *
 * LTTng (2.13) makes one ring per possible CPU and traced user, and writes zeros
 * to all of it while the first program waits, about 0.5 ms a MiB.  Against that
 * stands how long the consumer may be late: a program that does nothing but dlsym
 * writes 250 MB/s.  2 MiB a CPU lost none of a million such events on two busy
 * CPUs, 1 MiB lost 0.3 %; sub-buffers of 128 KiB lost 10 % of them, of 64 KiB more than
 * half, for each costs the consumer the same.  Twice as many are for what comes after a
 * process that was killed while it wrote, which stays in the ring to the end (rescue.h).
 * On machines with many CPUs each gets less, so that all together stay below a limit,
 * down to 256 KiB, where the limit gives way.
 */
#include "buffers.h"

#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cleanup.h"

#define SHARED_MEMORY "/dev/shm"

#define KIB 1024ULL
#define MIB (1024 * KIB)

/* A sub-buffer must hold the largest event (below 4 KiB) many times over. */
#define SUBBUF_COUNT		  4ULL
#define SUBBUF_COUNT_WITH_RESERVE 8ULL
#define SUBBUF_LARGEST		  (512 * KIB)
#define SUBBUF_SMALLEST		  (16 * KIB)
#define SUBBUF_COMFORTABLE	  (64 * KIB)
#define TOTAL_LIMIT		  (64 * MIB)

/* Not all of the free shared memory is ours. */
#define SHARE_OF_FREE 2

bool buffers_choose(unsigned int cpus, uint64_t free_bytes, struct buffer_plan *plan)
{
	uint64_t size = SUBBUF_LARGEST;
	uint64_t wanted = size * SUBBUF_COUNT_WITH_RESERVE * cpus;

	while (size > SUBBUF_COMFORTABLE && size * SUBBUF_COUNT * cpus > TOTAL_LIMIT)
		size /= 2;
	plan->reduced = false;
	while (size >= SUBBUF_SMALLEST && size * SUBBUF_COUNT * cpus > free_bytes / SHARE_OF_FREE) {
		size /= 2;
		plan->reduced = true;
	}
	plan->subbuf_size = size;
	plan->subbuf_count = wanted <= TOTAL_LIMIT && wanted <= free_bytes / SHARE_OF_FREE
				     ? SUBBUF_COUNT_WITH_RESERVE
				     : SUBBUF_COUNT;
	return size >= SUBBUF_SMALLEST;
}

struct error *buffers_plan(struct buffer_plan *plan)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct statvfs status;

	if (statvfs(SHARED_MEMORY, &status) < 0)
		return error_errno(errno, "LTTng needs shared memory in %s", SHARED_MEMORY);
	if (access(SHARED_MEMORY, W_OK) < 0)
		return error_errno(errno, "LTTng cannot write to %s", SHARED_MEMORY);
	if (!buffers_choose(cpus > 0 ? (unsigned int)cpus : 1,
			    (uint64_t)status.f_bavail * status.f_frsize, plan))
		return error_create("too little free shared memory in %s for LTTng's buffers, "
				    "free some or enlarge it",
				    SHARED_MEMORY);
	return NULL;
}
