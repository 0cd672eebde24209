/* SPDX-License-Identifier: MIT */
/*
 * With LD_PRELOAD=libdlscope.so alone the LTTng side is opened here, and only
 * where a session daemon can be listening: its socket exists.  Where none does,
 * the program has no LTTng in it.
 *
 * liblttng-ust looks for the daemon in the same places (2.13
 * src/lib/lttng-ust/lttng-ust-comm.c): the system-wide one, that of the user in
 * $LTTNG_HOME or $HOME and, from 2.14 on, $LTTNG_UST_APP_PATH.  Which protocol it
 * speaks is not asked: to open it where only a daemon of another is costs time and no
 * more.
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
#include "descriptors.h"
#include "elf_image.h"
#include "lttng_imports.h"
#include "lttng_protocols.h"
#include "real.h"
#include "trace.h"

#define SOCKET "/lttng-ust-sock-"

static bool append(char *path, size_t size, const char *part)
{
	size_t used = strlen(path);
	if (used + strlen(part) + 1 > size)
		return false;
	strcpy(path + used, part);
	return true;
}

static bool daemon_in(const char *directory, const char *below)
{
	char path[4096] = "";
	if (!directory || !append(path, sizeof path - 2, directory) ||
	    !append(path, sizeof path - 2, below) || access(path, F_OK) != 0 ||
	    !append(path, sizeof path - 2, SOCKET))
		return false;
	char *digits = path + strlen(path);
	for (int number = LTTNG_FIRST_PROTOCOL; number <= LTTNG_LAST_PROTOCOL; number++) {
		digits[0] = number < 10 ? (char)('0' + number) : '1';
		digits[1] = number < 10 ? '\0' : (char)('0' + number - 10);
		digits[2] = '\0';
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static bool user_daemon_there(void)
{
	const char *home = secure_getenv("LTTNG_HOME");
	return daemon_in(home ? home : secure_getenv("HOME"), "/.lttng") ||
	       daemon_in(secure_getenv("LTTNG_UST_APP_PATH"), "");
}

static bool daemon_there(void)
{
	return daemon_in("/var/run/lttng", "") || user_daemon_there();
}

/* libdlscope-lttng.so stands beside libdlscope.so. */
static bool provider_path(char *path, size_t size)
{
	struct dl_find_object self;
	if (_dl_find_object((void *)provider_load, &self) != 0)
		return false;
	const char *own = self.dlfo_link_map->l_name;
	const char *slash = strrchr(own, '/');
	if (!slash || (size_t)(slash - own) >= size)
		return false;
	memcpy(path, own, (size_t)(slash - own));
	path[slash - own] = '\0';
	return append(path, size, "/libdlscope-lttng.so");
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
	static bool told;
	struct elf_symbol symbol;
	const struct link_map *map = handle == RTLD_NEXT && caller->map ? caller->map->l_next
									: NULL;
	/* liblttng-ust's constructor asks for one before anything else */
	if (!__atomic_load_n(&told, __ATOMIC_RELAXED))
		__atomic_store_n(&told, dlscope_replace_lttng_imports(), __ATOMIC_RELAXED);
	while (map && !elf_find_symbol(map, name, &symbol))
		map = map->l_next;
	if (map && symbol.type != STT_GNU_IFUNC)
		return (void *)symbol.address;
	return caller_call(caller, (void *)dlscope_real_dlsym, handle, (void *)name, NULL);
}

static void open_provider(const void *path)
{
	__atomic_store_n(&opening, true, __ATOMIC_RELAXED);
	trace_hook_dlsym();
	if (!dlscope_real_dlopen(path, RTLD_NOW | RTLD_LOCAL))
		dlscope_real_dlerror(); /* no LTTng here: nothing for the program to see */
	if (!trace_attached())
		trace_unhook_dlsym();
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
	if (descriptors_suffice() && daemon_there() && provider_path(path, sizeof path))
		provider_wait_briefly(open_provider, path);
	errno = saved_errno;
}
