/* SPDX-License-Identifier: MIT */
/* What liblttng-ust calls instead: see lttng_imports.h. */
#include "lttng_imports.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "elf_image.h"
#include "environment.h"
#include "import_slot.h"
#include "real.h"
#include "registration_short.h"

enum { SMALLEST_PAGE = 4096, LINE = 64 };

static const char TRACEPOINT[] = "liblttng-ust-tracepoint.so.1"; /* behind the other */
static const struct link_map *lttng;

static bool equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void *map_lazily(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	return mmap(address, size, protection, flags & ~MAP_POPULATE, fd, offset);
}

static void *copy_into_buffer(void *to, const void *from, size_t size)
{
	const char *end = (const char *)to + size;
	if (size && ((uintptr_t)to ^ (uintptr_t)(end - 1)) >= SMALLEST_PAGE)
		(void)*(const volatile char *)(end - 1);
	for (size_t ahead = LINE; ahead <= 3 * LINE; ahead += LINE)
		__builtin_prefetch(end + ahead, 1);
	return memcpy(to, from, size);
}

static void *open_but_itself(const char *file, int mode)
{
	if (file && equal(file, elf_soname(lttng)))
		return (void *)lttng; /* a handle of glibc's is the object's link map */
	return dlscope_real_dlopen(file, mode & ~RTLD_GLOBAL);
}

uintptr_t dlscope_mode_of_first(uintptr_t mode, const void *return_address)
{
	struct dl_find_object caller;
	if (_dl_find_object((void *)return_address, &caller) == 0 &&
	    equal(elf_soname(caller.dlfo_link_map), TRACEPOINT))
		mode &= ~(uintptr_t)RTLD_GLOBAL;
	return mode;
}

static pid_t ending; /* the process in which LTTng has come to its end; not a child of it */

static int leave_running(pthread_t thread)
{
	__atomic_store_n(&ending, getpid(), __ATOMIC_RELAXED);
	return 0;
}

static int leave_mapped(void *address, size_t size)
{
	return __atomic_load_n(&ending, __ATOMIC_RELAXED) == getpid() ? 0 : munmap(address, size);
}

static void replace_imports(const struct link_map *map)
{
	const struct import imports[] = {
		{ "memcpy", (void *)copy_into_buffer },
		{ "dlopen", (void *)open_but_itself },
		{ "shm_open", (void *)registration_open_memory },
		{ "sendmsg", (void *)registration_send },
		{ "pthread_cancel", (void *)leave_running },
		{ "munmap", (void *)leave_mapped },
		{ "mmap", (void *)map_lazily },
	};
	size_t count = sizeof imports / sizeof imports[0];
	bool asked_for_pages = environment_behind("LTTNG_UST_MAP_POPULATE_POLICY=");
	import_replace_all(map, imports, count - asked_for_pages);
}

/* It opens itself, too, with RTLD_GLOBAL. */
static void replace_tracepoint_import(void)
{
	const struct link_map *map = lttng;
	while (map && !equal(elf_soname(map), TRACEPOINT))
		map = map->l_next;
	if (map)
		import_replace(map, "dlopen", (void *)open_but_itself);
}

/* A program may have liblttng-ust.so.0 of its own. */
void dlscope_replace_lttng_imports(void)
{
	const struct link_map *map = _r_debug.r_map;
	int saved_errno = errno;
	while (map && !equal(elf_soname(map), "liblttng-ust.so.1"))
		map = map->l_next;
	if (map) {
		lttng = map;
		registration_look_around();
		replace_imports(map);
		replace_tracepoint_import();
	}
	errno = saved_errno;
}
