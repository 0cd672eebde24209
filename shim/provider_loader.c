/* SPDX-License-Identifier: MIT */
/*
 * With LD_PRELOAD=libdlscope.so alone the LTTng side is opened here, and only
 * where a session daemon can be listening: its socket exists.  Where none does,
 * the program has no LTTng in it.
 *
 * liblttng-ust 2.13 looks for the daemon in the same two places
 * (liblttng-ust/lttng-ust-comm.c): the system-wide one, and that of the user in
 * $LTTNG_HOME or $HOME.
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

#include "real.h"

#define SOCKET "/lttng-ust-sock-8" /* protocol 8: lttng-ust 2.13 and later */

static bool append(char *path, size_t size, const char *part)
{
	size_t used = strlen(path);
	if (used + strlen(part) + 1 > size)
		return false;
	strcpy(path + used, part);
	return true;
}

static bool user_daemon_there(void)
{
	char path[4096] = "";
	const char *home = secure_getenv("LTTNG_HOME");
	if (!home)
		home = secure_getenv("HOME");
	return home && append(path, sizeof path, home) && append(path, sizeof path, "/.lttng" SOCKET) &&
	       access(path, F_OK) == 0;
}

static bool daemon_there(void)
{
	return access("/var/run/lttng" SOCKET, F_OK) == 0 || user_daemon_there();
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

static void open_provider(const char *path)
{
	if (!dlscope_real_dlopen(path, RTLD_NOW | RTLD_LOCAL))
		dlscope_real_dlerror(); /* no LTTng here: nothing for the program to see */
}

/* LTTng's constructor waits 3 s for a daemon that accepts and does not answer (one
 * that is stopped), unless the environment says otherwise.  It says 200 ms meanwhile,
 * in a copy that the program never sees. */
static void open_provider_soon(const char *path)
{
	static char timeout[] = "LTTNG_UST_REGISTER_TIMEOUT=200";
	char **own = environ;
	size_t count = 0;
	while (own && own[count])
		count++;
	size_t size = (count + 2) * sizeof *own;
	char **copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (getenv("LTTNG_UST_REGISTER_TIMEOUT") || copy == MAP_FAILED) {
		open_provider(path);
	} else {
		memcpy(copy, own, count * sizeof *own);
		copy[count] = timeout;
		environ = copy;
		open_provider(path);
		environ = own;
	}
	if (copy != MAP_FAILED)
		munmap(copy, size);
}

void provider_load(void)
{
	char path[4096];
	int saved_errno = errno;
	if (daemon_there() && provider_path(path, sizeof path))
		open_provider_soon(path);
	errno = saved_errno;
}
