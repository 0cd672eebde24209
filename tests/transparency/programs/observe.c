/* SPDX-License-Identifier: MIT */
/* See observe.h. */
#include "observe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/* On the heap, for the sake of small stacks; not a cancellation point. */
void say(const char *format, ...)
{
	int saved_errno = errno;
	char *line;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&line, format, arguments);
	va_end(arguments);
	if (length < 0 || syscall(SYS_write, STDOUT_FILENO, line, (size_t)length) != length)
		abort();
	free(line);
	errno = saved_errno;
}

void observe_objects(void)
{
	int number = 0;
	const struct r_debug *debug = &_r_debug;
	while (debug) {
		for (const struct link_map *map = debug->r_map; map; map = map->l_next)
			say("object in namespace %d: %s\n", number, map->l_name);
		number++;
		/* glibc 2.35: namespaces are chained when there are several */
		debug = debug->r_version >= 2 ?
				(const struct r_debug *)((const struct r_debug_extended *)debug)->r_next : NULL;
	}
}

static int say_iteration(struct dl_phdr_info *info, size_t size, void *data)
{
	say("object iterated: %s, %d headers, TLS %d\n", info->dlpi_name, info->dlpi_phnum,
	    info->dlpi_tls_modid != 0);
	return 0;
}

void observe_iteration(void)
{
	dl_iterate_phdr(say_iteration, NULL);
}

void observe_maps(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char line[8192];
	while (file && fgets(line, sizeof line, file)) {
		unsigned long begin, end, offset;
		char protection[8];
		const char *path = strchr(line, '/');
		if (path && sscanf(line, "%lx-%lx %7s %lx", &begin, &end, protection, &offset) == 4)
			say("map %s %lx %lx %s", protection, offset, end - begin, path);
	}
	if (file)
		fclose(file);
}

static void say_descriptor(int fd)
{
	char link[64], target[4096];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, target, sizeof target - 1);
	if (length < 0)
		return;
	target[length] = '\0';
	char *inode = strchr(target, '[');
	if (inode && target[0] != '/')
		*inode = '\0';
	say("fd %d %s, flags %d\n", fd, target, fcntl(fd, F_GETFD));
}

void observe_descriptors(void)
{
	for (int fd = 0; fd < 1024; fd++)
		say_descriptor(fd);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void observe_environment(void)
{
	size_t count = 0;
	while (environ[count])
		count++;
	char *sorted[count + 1];
	memcpy(sorted, environ, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_text);
	for (size_t i = 0; i < count; i++)
		say("env %s\n", sorted[i]);
}

void observe_signals(void)
{
	sigset_t mask;
	struct sigaction action;
	stack_t stack;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int number = 1; number < NSIG; number++) {
		if (sigismember(&mask, number) == 1)
			say("signal %d blocked\n", number);
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			say("signal %d handled: %s, flags %x\n", number,
			    action.sa_handler == SIG_IGN ? "ignored" : "handler", action.sa_flags);
	}
	sigaltstack(NULL, &stack);
	say("alternate stack: flags %d\n", stack.ss_flags);
}

void observe_threads(void)
{
	int count = 0;
	DIR *tasks = opendir("/proc/self/task");
	for (const struct dirent *entry; tasks && (entry = readdir(tasks));)
		count += entry->d_name[0] != '.';
	if (tasks)
		closedir(tasks);
	say("threads: %d\n", count);
}

void observe_limits(void)
{
	char directory[4096], name[32] = "";
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;
		getrlimit(i, &limit);
		say("limit %d: %lx %lx\n", i, limit.rlim_cur, limit.rlim_max);
	}
	mode_t mask = umask(0);
	umask(mask);
	prctl(PR_GET_NAME, name);
	say("umask %o, directory %s, name %s, dumpable %d\n", mask, getcwd(directory, sizeof directory),
	    name, prctl(PR_GET_DUMPABLE));
}
