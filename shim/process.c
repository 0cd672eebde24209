/* SPDX-License-Identifier: MIT */
/* The process image and its first and last event: see process.h. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "counters.h"
#include "program_path.h"
#include "schema_version.h"
#include "settings.h"
#include "surroundings.h"
#include "thread.h"
#include "trace.h"

enum { WIPED, SETTING_UP };

struct process *process_image;
static struct process spare;	/* used when there is no memory for them */
static uint32_t started_in_pid; /* process that ran the constructor */
static uint64_t started_untraced;

static struct process *map_image(void)
{
	struct process *mapped = mmap(NULL, sizeof *mapped, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapped == MAP_FAILED)
		mapped = &spare;
	else
		madvise(mapped, sizeof *mapped, MADV_WIPEONFORK);
	struct process *none = NULL;
	if (__atomic_compare_exchange_n(&process_image, &none, mapped, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return mapped;
	if (mapped != &spare)
		munmap(mapped, sizeof *mapped);
	return none;
}

/* One thread sets the image up; the others take the few instructions' wait. */
static void set_up(struct process *process)
{
	uint32_t wiped = WIPED;
	if (__atomic_compare_exchange_n(&process->phase, &wiped, SETTING_UP, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		process->pid = (uint32_t)getpid();
		process->key = now_ns();
		__atomic_store_n(&process->phase, PROCESS_READY, __ATOMIC_RELEASE);
		return;
	}
	while (__atomic_load_n(&process->phase, __ATOMIC_ACQUIRE) != PROCESS_READY)
		;
}

struct process *process_set_up(void)
{
	struct process *process = __atomic_load_n(&process_image, __ATOMIC_ACQUIRE);
	if (!process)
		process = map_image();
	if (__atomic_load_n(&process->phase, __ATOMIC_ACQUIRE) != PROCESS_READY)
		set_up(process);
	return process;
}

struct dl_counters *counters(void)
{
	return &process_current()->counters;
}

bool process_is_own(const struct process *process)
{
	return process->pid == (uint32_t)getpid();
}

void process_mark_start(void)
{
	started_in_pid = process_current()->pid;
	started_untraced = !trace_on(EVENT_process_begin);
}

/* Reads at most `size` bytes of a file of /proc.  Through syscall(), because
 * open, read and close are cancellation points and LTTng's fd helper interposes
 * close.  Returns the number of bytes, 0 on any trouble. */
static size_t read_file(const char *path, char *buffer, size_t size)
{
	size_t total = 0;
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (total < size) {
		long got = syscall(SYS_read, fd, buffer + total, size - total);
		if (got <= 0)
			break;
		total += (size_t)got;
	}
	syscall(SYS_close, fd);
	return total;
}

static void emit_process_begin(struct process *process)
{
	struct thread_block *block = thread_block();
	char *argv = block->scratch;
	size_t argv_size = read_file("/proc/self/cmdline", argv, DL_ARGV_MAX + 1);

	struct dl_call call;
	thread_call(&call, process);
	call.schema_version = DLSCOPE_SCHEMA_VERSION;
	call.tool_version = DLSCOPE_VERSION;
	call.ppid = (uint32_t)getppid();
	call.late = started_in_pid == process->pid && started_untraced;
	call.path = program_path();
	call.argv = argv;
	call.argv_cut = argv_size > DL_ARGV_MAX;
	call.argv_size = call.argv_cut ? DL_ARGV_MAX : (uint32_t)argv_size;
	call.libc_version = gnu_get_libc_version();
	call.library_path = surroundings_library_path();
	trace_emit(EVENT_process_begin, &call);
}

void process_announce(struct process *process)
{
	if (__builtin_expect(__atomic_load_n(&process->announced, __ATOMIC_RELAXED) != 0, 1) ||
	    !trace_on(EVENT_process_begin) ||
	    __atomic_exchange_n(&process->announced, 1, __ATOMIC_ACQ_REL))
		return;
	emit_process_begin(process);
	objects_scan(process, 0, NULL);
}

void process_farewell(struct process *process)
{
	if (!__atomic_load_n(&process->announced, __ATOMIC_ACQUIRE) ||
	    __atomic_exchange_n(&process->ended, 1, __ATOMIC_ACQ_REL))
		return;
	struct dl_call call;
	thread_call(&call, process);
	call.tracer_total_ns = __atomic_load_n(&process->tracer_total_ns, __ATOMIC_RELAXED);
	process->counters.calls = process->last_call;
	process->counters.calls_reentrant = thread_reentrant_calls();
	call.counters = &process->counters;
	trace_emit(EVENT_process_end, &call);
}
