/* SPDX-License-Identifier: MIT */
/* Thread state: see thread.h. */
#include "thread.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counters.h"
#include "settings.h"

__thread struct thread_state dlscope_thread;

_Static_assert(offsetof(struct thread_state, tracer_frame) == THREAD_TRACER_FRAME,
	       "thread_layout.h");
_Static_assert(offsetof(struct thread_state, error_pending) == THREAD_ERROR_PENDING,
	       "thread_layout.h");

/* Incremented by the entry points. */
uint64_t dlscope_reentrant_calls __attribute__((visibility("hidden")));

static pthread_key_t block_key;
static bool block_key_made;

void thread_count_reentrant(void)
{
	__atomic_fetch_add(&dlscope_reentrant_calls, 1, __ATOMIC_RELAXED);
}

uint64_t thread_reentrant_calls(void)
{
	return __atomic_load_n(&dlscope_reentrant_calls, __ATOMIC_RELAXED);
}

void thread_set_reentrant_calls(uint64_t count)
{
	__atomic_store_n(&dlscope_reentrant_calls, count, __ATOMIC_RELAXED);
}

/* Runs at thread exit.  Other destructors may load objects after it: they get a
 * new block, and this runs again (PTHREAD_DESTRUCTOR_ITERATIONS). */
static void drop_block(void *pointer)
{
	struct thread_block *block = pointer;
	dlscope_thread.block = NULL;
	dlscope_thread.error_pending = 0;
	if (block->error_text)
		munmap(block->error_text, block->error_capacity);
	munmap(block, sizeof *block);
}

void thread_prepare(void)
{
	/* glibc keeps the first 32 keys in the thread descriptor (nptl
	 * PTHREAD_KEY_2NDLEVEL_SIZE); later ones would make setspecific allocate. */
	if (pthread_key_create(&block_key, drop_block) == 0) {
		if (block_key < 32)
			block_key_made = true;
		else
			pthread_key_delete(block_key);
	}
}

struct thread_block *thread_block(void)
{
	struct thread_block *block = dlscope_thread.block;
	if (__builtin_expect(block != NULL, 1))
		return block;
	block = mmap(NULL, sizeof *block, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	if (block == MAP_FAILED)
		return NULL;
	dlscope_thread.block = block;
	if (block_key_made)
		pthread_setspecific(block_key, block);
	return block;
}

/* Keyed by the image, not by fork: a raw clone is followed as well. */
static uint32_t thread_id(const struct process *process)
{
	if (__builtin_expect(dlscope_thread.process != process->key, 0)) {
		dlscope_thread.process = process->key;
		dlscope_thread.tid = (uint32_t)syscall(SYS_gettid);
		if (dlscope_thread.block) {
			dlscope_thread.block->open_calls.depth = 0;
			dlscope_thread.block->usual_spans = 0; /* the first announces the image */
		}
	}
	return dlscope_thread.tid;
}

static const struct dl_call empty_call = {
	.path = "",
	.soname = "",
	.tool_version = "",
	.argv = "",
	.libc_version = "",
	.frames = "",
	.runtime = "",
	.runtime_version = "",
	.requested = "",
	.symbol = "",
	.version = "",
	.convention = "",
	.module_context = "",
	.error = "",
	.exception = "",
	.exception_text = "",
	.library_path = "",
	.directory = "",
};

static void fill(struct dl_call *call, const struct process *process)
{
	call->process = process->key;
	call->pid = process->pid;
	call->tid = thread_id(process);
	call->run = settings.run;
}

void thread_call(struct dl_call *call, const struct process *process)
{
	/* Of a size that GCC 12 does not know: else it copies by "rep movs", which
	 * takes some 30 cycles to begin. */
	size_t size = sizeof *call;
	__asm__("" : "+r"(size));
	memcpy(call, &empty_call, size);
	fill(call, process);
}

void thread_call_of_resolution(struct dl_call *call, const struct process *process)
{
	memcpy(call, &empty_call, DL_CALL_RESOLUTION);
	fill(call, process);
}

const char *thread_cut_text(const char *text, unsigned slot)
{
	if (strnlen(text, DL_TEXT_MAX + 1) <= DL_TEXT_MAX)
		return text;
	char *cut = dlscope_thread.block->cut[slot];
	memcpy(cut, text, DL_TEXT_MAX);
	cut[DL_TEXT_MAX] = '\0';
	counter_add(&counters()->texts_cut, 1);
	return cut;
}
