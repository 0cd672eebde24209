/* SPDX-License-Identifier: MIT */
/*
 * Loads, looks up and calls as it is told; what fails is reported and ends it.
 *
 *	try_load WORD...
 *	  FILE       dlopen(FILE, RTLD_NOW)
 *	  lazy:FILE  dlopen(FILE, RTLD_LAZY)
 *	  sym:NAME   dlsym() in what was loaded last; a failure is reported, no more
 *	  call       calls what was looked up last, whatever it is
 *	  memory:N   at most N MiB of address space from here on
 *	  files:N    at most N open files from here on
 *	  strict     no memory may be writable and executable from here on (Linux 6.3)
 *	  user:N     becomes user N
 *	  fails    failures to load end it again
 *	  keep       failures to load are reported, no more
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void *handle;
static void (*function)(void);
static int keep;

static const char *value_of(const char *word, const char *key)
{
	size_t size = strlen(key);

	return strncmp(word, key, size) == 0 ? word + size : NULL;
}

static void load(const char *file, int mode)
{
	handle = dlopen(file, mode);
	if (handle)
		return;
	fprintf(stderr, "try_load: %s\n", dlerror());
	if (!keep)
		exit(1);
}

static void look_up(const char *name)
{
	*(void **)&function = dlsym(handle, name);
	if (!function)
		fprintf(stderr, "try_load: %s\n", dlerror());
}

static void limit_memory(const char *mebibytes)
{
	rlim_t bytes = (rlim_t)strtoul(mebibytes, NULL, 10) << 20;
	struct rlimit limit = { bytes, bytes };

	setrlimit(RLIMIT_AS, &limit);
}

static void limit_files(const char *count)
{
	rlim_t files = (rlim_t)strtoul(count, NULL, 10);
	struct rlimit limit = { files, files };

	setrlimit(RLIMIT_NOFILE, &limit);
}

static void be_strict(void)
{
	enum { SET_MDWE = 65, REFUSE_EXEC_GAIN = 1 }; /* linux/prctl.h of 6.3 */

	if (prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0L, 0L, 0L) != 0)
		exit(77);
}

static void become(const char *user)
{
	if (setuid((uid_t)strtoul(user, NULL, 10)) != 0)
		exit(2);
}

static void do_word(const char *word)
{
	const char *value;

	if ((value = value_of(word, "sym:")))
		look_up(value);
	else if ((value = value_of(word, "memory:")))
		limit_memory(value);
	else if ((value = value_of(word, "files:")))
		limit_files(value);
	else if (strcmp(word, "strict") == 0)
		be_strict();
	else if ((value = value_of(word, "user:")))
		become(value);
	else if ((value = value_of(word, "lazy:")))
		load(value, RTLD_LAZY);
	else if (strcmp(word, "keep") == 0)
		keep = 1;
	else if (strcmp(word, "fails") == 0)
		keep = 0;
	else if (strcmp(word, "call") == 0)
		function();
	else
		load(word, RTLD_NOW);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		do_word(argv[i]);
	return 0;
}
