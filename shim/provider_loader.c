/* SPDX-License-Identifier: MIT */
/*
 * With LD_PRELOAD=libdlscope.so alone the LTTng side is opened here, and only
 * where a session daemon can be listening: its socket exists.  Where none does,
 * the program has no LTTng in it.
 */
#include "provider_loader.h"

#include <errno.h>
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "caller.h"
#include "daemon_sockets.h"
#include "descriptors.h"
#include "elf_image.h"
#include "real.h"
#include "thread.h"
#include "trace.h"

/* libdlscope-lttng.so stands beside libdlscope.so. */
static bool provider_path(char *path, size_t size)
{
	static const char name[] = "/libdlscope-lttng.so";
	struct dl_find_object self;
	if (_dl_find_object((void *)provider_load, &self) != 0)
		return false;
	const char *own = self.dlfo_link_map->l_name;
	const char *slash = strrchr(own, '/');
	size_t length = slash ? (size_t)(slash - own) : size;
	if (length + sizeof name > size)
		return false;
	memcpy(path, own, length);
	memcpy(path + length, name, sizeof name);
	return true;
}

static bool opening;

bool provider_is_opening(void)
{
	return __atomic_load_n(&opening, __ATOMIC_RELAXED);
}

/*
 * dlopen() holds ld.so's lock while liblttng-ust's constructors wait for LTTng's mutex.
 * The listener thread that holds the mutex must not wait for that lock, and does where
 * a wrapper of open() or close() looks the real one up at its first call in a thread
 * (libeatmydata 130).
 */
void *provider_dlsym(const struct caller *caller, void *handle, const char *name)
{
	struct elf_symbol symbol;
	const struct link_map *map = handle == RTLD_NEXT && caller->map ? caller->map->l_next
									: NULL;
	while (map && !elf_find_symbol(map, name, &symbol))
		map = map->l_next;
	if (map && symbol.type != STT_GNU_IFUNC)
		return (void *)symbol.address;
	return caller_call(caller, (void *)dlscope_real_dlsym, handle, (void *)name, NULL);
}

static void open_provider(const void *path)
{
	uint64_t calls = thread_reentrant_calls(); /* LTTng's own are to come */
	__atomic_store_n(&opening, true, __ATOMIC_RELAXED);
	trace_hook_dlsym();
	dlscope_await_dlsym(); /* liblttng-ust's constructor calls it before anything else */
	if (!dlscope_real_dlopen(path, RTLD_NOW | RTLD_LOCAL))
		dlscope_real_dlerror(); /* no LTTng here: nothing for the program to see */
	if (!trace_attached())
		trace_unhook_dlsym();
	thread_set_reentrant_calls(calls);
	__atomic_store_n(&opening, false, __ATOMIC_RELAXED);
}

/* Room for `size` bytes of environment, kept for the next time: a thread of LTTng's
 * may still be reading it.  NULL when there is none. */
static char **environment_room(size_t size)
{
	static char **room;
	static size_t room_size;
	if (size <= room_size)
		return room;
	char **mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			     0);
	if (mapped == MAP_FAILED)
		return NULL;
	room = mapped;
	room_size = size;
	return room;
}

void provider_wait_briefly(void (*start)(const void *), const void *argument)
{
	static char timeout[] = "LTTNG_UST_REGISTER_TIMEOUT=200";
	char **own = environ;
	size_t count = 0;
	while (own && own[count])
		count++;
	char **copy = getenv("LTTNG_UST_REGISTER_TIMEOUT")
			      ? NULL
			      : environment_room((count + 2) * sizeof *own);
	if (!copy) {
		start(argument);
		return;
	}
	if (count)
		memcpy(copy, own, count * sizeof *own);
	copy[count] = timeout;
	copy[count + 1] = NULL;
	environ = copy;
	start(argument);
	environ = own;
}

void provider_load(void)
{
	char path[4096];
	int saved_errno = errno;
	if (descriptors_suffice() && (daemon_of_system_there() || daemon_of_user_there()) &&
	    provider_path(path, sizeof path))
		provider_wait_briefly(open_provider, path);
	errno = saved_errno;
}
