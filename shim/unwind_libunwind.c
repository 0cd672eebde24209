/* SPDX-License-Identifier: MIT */
/*
 * libunwind's unwinder: see unwind_libunwind.h.
 *
 * unw_backtrace() keeps a trace cache per thread: 0.2 us for a stack it has seen,
 * against 19 us for a unw_step() loop.  But libunwind 1.6.2 never invalidates that
 * cache (Gtrace.c has no generation; unw_flush_cache does not reach it), and when
 * other code comes to lie where code was that it knows, it cuts stacks short.  So
 * the pages that it has been seen to pass through are remembered in a filter.
 * Once such a page has been unmapped, the loop, which unw_flush_cache does reach,
 * is used for good; plug-ins that never were on a stack may come and go.
 */
#include "unwind_libunwind.h"

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "descriptors.h"
#include "elf_image.h"
#include "import_slot.h"
#include "real.h"
#include "thread.h"

#define NAME_(x) #x
#define NAME(x)	 NAME_(x) /* libunwind.h renames per architecture */

typedef int iterate_callback(struct dl_phdr_info *, size_t, void *);

static struct {
	int (*backtrace)(void **, int);
	int (*getcontext)(unw_context_t *);
	int (*init_local)(unw_cursor_t *, unw_context_t *);
	int (*step)(unw_cursor_t *);
	int (*get_reg)(unw_cursor_t *, int, unw_word_t *);
	void (*flush_cache)(unw_addr_space_t, unw_word_t, unw_word_t);
	void (*set_iterate_phdr)(unw_addr_space_t, int (*)(iterate_callback *, void *));
	unw_addr_space_t *address_space;
	bool ready;
	bool cache_unfit; /* unw_backtrace is not to be used any more */
} unwinder;

/* Pages met on stacks: a Bloom filter of one hash. */
enum { FILTER_BITS = 1 << 16, PAGE = 4096 };
static uint64_t pages_met[FILTER_BITS / 64];

static uint64_t *filter_word(uintptr_t address, uint64_t *bit)
{
	uint64_t hash = (address / PAGE * 0x9e3779b97f4a7c15u) >> (64 - 16);
	*bit = (uint64_t)1 << (hash % 64);
	return &pages_met[hash / 64];
}

static void remember_pages(void *const *frames, int count)
{
	for (int i = 0; i < count; i++) {
		uint64_t bit;
		uint64_t *word = filter_word((uintptr_t)frames[i], &bit);
		if (!(__atomic_load_n(word, __ATOMIC_RELAXED) & bit))
			__atomic_fetch_or(word, bit, __ATOMIC_RELAXED);
	}
}

static bool any_page_met(uintptr_t start, uintptr_t end)
{
	for (uintptr_t page = start / PAGE * PAGE; page < end; page += PAGE) {
		uint64_t bit;
		if (__atomic_load_n(filter_word(page, &bit), __ATOMIC_RELAXED) & bit)
			return true;
	}
	return false;
}

static bool find(void *library, const char *name, void *pointer)
{
	*(void **)pointer = dlscope_real_dlsym(library, name);
	return *(void **)pointer != NULL;
}

static bool find_all(void *library)
{
	/* unw_getcontext is a macro or a function, by architecture: x86-64 has
	 * _Ux86_64_getcontext. */
	return find(library, "unw_backtrace", &unwinder.backtrace) &&
	       find(library, NAME(unw_init_local), &unwinder.init_local) &&
	       find(library, NAME(unw_step), &unwinder.step) &&
	       find(library, NAME(unw_get_reg), &unwinder.get_reg) &&
	       find(library, NAME(unw_flush_cache), &unwinder.flush_cache) &&
	       find(library, NAME(unw_local_addr_space), &unwinder.address_space) &&
	       find(library, NAME(UNW_ARCH_OBJ(getcontext)), &unwinder.getcontext);
}

/* A thread's trace cache is mapped and then filled with empty entries (Gtrace.c,
 * trace_cache_create()): 64 pages, which cost less in one go than by 64 page faults. */
static void *map_filled(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	enum { SMALLEST = 128 * 1024 };
	bool filled = flags & MAP_ANONYMOUS && size >= SMALLEST;
	return mmap(address, size, protection, flags | (filled ? MAP_POPULATE : 0), fd, offset);
}

/* libunwind blocks signals around each of its locks, by two system calls, and takes two
 * locks a frame.  While block_signals() has blocked them, it need not. */
static int block_unless_blocked(int how, const sigset_t *set, sigset_t *before)
{
	return dlscope_thread.signals_blocked ? 0 : sigprocmask(how, set, before);
}

/* All of them, as libunwind does: a handler that unwinds by the same libunwind, for one of
 * SIGSEGV too, would wait for a lock of its own thread's. */
static void block_signals(sigset_t *before)
{
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
	dlscope_thread.signals_blocked = true;
}

static void unblock_signals(const sigset_t *before)
{
	dlscope_thread.signals_blocked = false;
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* For the unwind table of each new frame libunwind looks at the headers of all objects until
 * it meets the one that the address lies in, under ld.so's lock, by which the others wait
 * for the program's loads.  Here it is shown that one at once, and so in all namespaces;
 * what it passes on begins with the address (1.6.2 and 1.8.1, Gfind_proc_info-lsb.c struct
 * dwarf_callback_data).  Not when it is the program that unwinds by it. */
static int iterate_object_of(iterate_callback *callback, void *data)
{
	struct dl_find_object object;
	struct dl_phdr_info info = { 0 };
	const ElfW(Phdr) *headers;
	size_t count;
	if (dlscope_thread.tracer_frame != THREAD_ON_OTHER_STACK)
		return dl_iterate_phdr(callback, data);
	if (_dl_find_object(*(void *const *)data, &object) != 0)
		return 0; /* in none */
	if (!elf_headers(object.dlfo_map_start, &headers, &count))
		return dl_iterate_phdr(callback, data);
	info.dlpi_addr = object.dlfo_link_map->l_addr;
	info.dlpi_name = object.dlfo_link_map->l_name;
	info.dlpi_phdr = headers;
	info.dlpi_phnum = (ElfW(Half))count;
	return callback(&info, sizeof info, data);
}

/* The pipe: libunwind tells whether an address is mapped by writing from it into one.  With
 * a descriptor of the ordinary kind a program that closes all it does not know, and
 * opens a file, would find bytes in it.  Before it writes it reads, and when it cannot
 * closes both ends and makes another pipe (1.6.2 and 1.8.1, write_validate()). */
static void replace_imports(void *library)
{
	const struct import imports[] = {
		{ "pipe2", (void *)descriptor_pipe },
		{ "read", (void *)descriptor_pipe_read },
		{ "close", (void *)descriptor_pipe_close },
		{ "mmap", (void *)map_filled },
		{ "sigprocmask", (void *)block_unless_blocked },
		{ "dl_iterate_phdr", (void *)iterate_object_of }, /* 1.6 and 1.7 */
	};
	import_replace_all(library, imports, sizeof imports / sizeof imports[0]);
	if (find(library, NAME(unw_set_iterate_phdr_function), &unwinder.set_iterate_phdr))
		unwinder.set_iterate_phdr(*unwinder.address_space, iterate_object_of);
}

bool unwind_libunwind_prepare(void)
{
	void *library = dlscope_real_dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
	if (!library || !find_all(library))
		return false;
	replace_imports(library);
	unwinder.ready = true;
	return true;
}

void unwind_libunwind_forget(uintptr_t start, uintptr_t end)
{
	if (!unwinder.ready || !any_page_met(start, end))
		return;
	__atomic_store_n(&unwinder.cache_unfit, true, __ATOMIC_RELAXED);
	unwinder.flush_cache(*unwinder.address_space, 0, 0);
}

/* Registers that no function keeps.  libunwind 1.6.2 takes the caller's to be ours, and
 * reads through one that an unwind table names without asking whether there is memory
 * (Gexpr.c, DW_OP_deref): Wine 8.0's table of __wine_unix_call_dispatcher does, of rcx.
 * Through zeros it finds a frame at 0, and that the stack ends there.  unw_backtrace()
 * takes the registers itself, and is not safe from then on. */
static void forget_scratch_registers(unw_context_t *context)
{
	static const uint64_t zeros[512];
	static const int scratch[] = { REG_RAX, REG_RCX, REG_RDX, REG_RSI, REG_RDI,
				       REG_R8,	REG_R9,	 REG_R10, REG_R11 };
	for (size_t i = 0; i < sizeof scratch / sizeof scratch[0]; i++)
		context->uc_mcontext.gregs[scratch[i]] = (greg_t)&zeros[256];
}

static bool is_at_zero(unw_cursor_t *cursor)
{
	unw_word_t sp; /* 1.8.1 has none there */
	return unwinder.get_reg(cursor, UNW_REG_SP, &sp) != 0 || sp == 0;
}

static int walk(unw_context_t *context, void **frames, int max)
{
	unw_cursor_t cursor;
	int count = 0;
	if (unwinder.init_local(&cursor, context) != 0)
		return 0;
	forget_scratch_registers(context);
	while (count < max && unwinder.step(&cursor) > 0) {
		unw_word_t ip;
		if (unwinder.get_reg(&cursor, UNW_REG_IP, &ip) != 0 || ip == 0)
			break;
		frames[count++] = (void *)ip;
	}
	if (is_at_zero(&cursor))
		__atomic_store_n(&unwinder.cache_unfit, true, __ATOMIC_RELAXED);
	return count;
}

int unwind_libunwind(void **frames, int max)
{
	unw_context_t context;
	sigset_t mask;
	if (unwinder.getcontext(&context) != 0)
		return 0;
	block_signals(&mask);
	int count = walk(&context, frames, max);
	unblock_signals(&mask);
	remember_pages(frames, count);
	return count;
}

int unwind_libunwind_cached(void **frames, int max)
{
	if (__atomic_load_n(&unwinder.cache_unfit, __ATOMIC_RELAXED))
		return unwind_libunwind(frames, max);
	int count = unwinder.backtrace(frames, max);
	remember_pages(frames, count);
	return count;
}
