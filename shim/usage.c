/* SPDX-License-Identifier: MIT */
/* CPU time and page faults: see usage.h. */
#include "usage.h"

#include <sys/resource.h>
#include <time.h>

#include "process.h"

/* Not ru_utime + ru_stime: for the running thread those are only brought up to date at the
 * scheduler's ticks (Linux kernel/sched/cputime.c). */
static uint64_t read_clock(void)
{
	struct timespec cpu;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	return (uint64_t)cpu.tv_sec * 1000000000u + (uint64_t)cpu.tv_nsec;
}

static uint64_t cpu_now(struct usage_reading *last, uint64_t process, uint64_t switches,
			uint64_t time_ns)
{
	uint64_t since_ns = time_ns - last->at_ns;
	/* 0: perhaps one of those kernels that do not count them */
	if (switches != 0 && last->process == process && last->switches == switches &&
	    since_ns < USAGE_TRUSTED_NS)
		return last->cpu_ns + since_ns;
	last->cpu_ns = read_clock();
	last->at_ns = now_ns(); /* once switched away in between, the next reads the clock, too */
	last->process = process;
	last->switches = switches;
	return last->cpu_ns;
}

struct usage usage_now(struct usage_reading *last, uint64_t process, uint64_t time_ns)
{
	struct rusage usage;
	getrusage(RUSAGE_THREAD, &usage);
	uint64_t switches = (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
	return (struct usage){
		.cpu_ns = cpu_now(last, process, switches, time_ns),
		.minor_faults = (uint64_t)usage.ru_minflt,
		.major_faults = (uint64_t)usage.ru_majflt,
	};
}

struct usage usage_between(const struct usage *before, const struct usage *after)
{
	return (struct usage){
		.cpu_ns = after->cpu_ns > before->cpu_ns ? after->cpu_ns - before->cpu_ns : 0,
		.minor_faults = after->minor_faults - before->minor_faults,
		.major_faults = after->major_faults - before->major_faults,
	};
}
