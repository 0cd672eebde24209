/* SPDX-License-Identifier: MIT */
/*
 * The environment that makes a program and all it starts load the shim.
 *
 * Not LTTng's own helpers, liblttng-ust-fork and liblttng-ust-fd: the shim does what
 * they do (fork_guard.c, hook_close.c), and each library in LD_PRELOAD lengthens every
 * symbol lookup of the program.
 */
#include "preload.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>

#include "cleanup.h"
#include "files.h"
#include "options.h"

static const char *const own_libraries[] = { "libdlscope.so", "libdlscope-lttng.so" };

/* BIN/../lib/dlscope, for the build tree and for an installed PREFIX alike. */
static struct error *find_library_directory(char **out)
{
	char executable[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", executable, sizeof(executable) - 1);
	_cleanup_free_ char *relative = NULL;

	if (length < 0)
		return error_errno(errno, "cannot read /proc/self/exe");
	executable[length] = '\0';
	relative = text_format("%s/../lib/dlscope", dirname(executable));
	if (!relative)
		return error_no_memory();
	*out = realpath(relative, NULL);
	if (!*out)
		return error_errno(errno, "cannot find the shim's directory %s", relative);
	return NULL;
}

static struct error *check_own_libraries(const char *directory)
{
	/* ld.so splits LD_PRELOAD at both, and knows no escape. */
	if (strpbrk(directory, " :"))
		return error_create("%s cannot be preloaded because of the blank or colon in its "
				    "name, install dlscope elsewhere",
				    directory);
	for (size_t i = 0; i < sizeof(own_libraries) / sizeof(own_libraries[0]); i++) {
		_cleanup_free_ char *path = text_format("%s/%s", directory, own_libraries[i]);

		if (!path)
			return error_no_memory();
		if (access(path, R_OK) < 0)
			return error_errno(errno, "cannot read the shim %s", path);
	}
	return NULL;
}

struct error *preload_directory(char **directory)
{
	RETURN_IF_ERROR(find_library_directory(directory));
	return check_own_libraries(*directory);
}

/* A 32-bit program's loader (System V ABI, Intel386 supplement) says so on stderr when
 * it is told to preload a 64-bit library; by $LIB it finds another (shim/stub_i386.S). */
#define LOADER_32 "/lib/ld-linux.so.2"

static const char *token(const char *directory)
{
	_cleanup_free_ char *again = text_format("%s/lib/%s", directory, own_libraries[0]);

	return access(LOADER_32, X_OK) == 0 && again && access(again, R_OK) == 0 ? "$LIB/" : "";
}

struct error *preload_find(char **ld_preload)
{
	_cleanup_free_ char *directory = NULL;
	const char *users = getenv("LD_PRELOAD"), *own;

	RETURN_IF_ERROR(preload_directory(&directory));
	own = token(directory);
	*ld_preload = text_format("%s/%s%s:%s/%s%s%s%s", directory, own, own_libraries[0],
				  directory, own, own_libraries[1], users && *users ? ":" : "",
				  users ? users : "");
	return *ld_preload ? NULL : error_no_memory();
}

/* Sets NAME=VALUE, which it takes; false when memory is out. */
static bool set_variable(char **environment, size_t *count, const char *name, char *assignment)
{
	size_t length = strlen(name);

	if (!assignment)
		return false;
	for (size_t i = 0; i < *count; i++) {
		if (strncmp(environment[i], name, length) != 0 || environment[i][length] != '=')
			continue;
		free(environment[i]);
		environment[i] = assignment;
		return true;
	}
	environment[(*count)++] = assignment;
	return true;
}

#define SET(name, format, value) \
	set_variable(environment, count, name, text_format(name "=" format, value))

/* How long a program waits for the daemon when it starts: 0 would lose the events of
 * short programs, and too little those of a busy machine.  Of a daemon that is stopped the
 * shim makes it less (shim/registration.h). */
static bool has_own_waiting(void)
{
	/* within another recording it is that one's */
	return getenv("LTTNG_UST_REGISTER_TIMEOUT") && !getenv("DLSCOPE_DAEMON");
}

static bool set_waiting(char **environment, size_t *count, const struct preload_settings *settings)
{
	return SET("LTTNG_UST_REGISTER_TIMEOUT", "%s", "3000") &&
	       SET("DLSCOPE_DAEMON", "%ld", (long)settings->daemon);
}

static bool wants_triggers(void)
{
	const char *own = getenv("DLSCOPE_TRIGGERS");
	return own && strcmp(own, "1") == 0;
}

static bool set_all(char **environment, size_t *count, const char *ld_preload,
		    const struct preload_settings *settings)
{
	return SET("LD_PRELOAD", "%s", ld_preload) &&
	       SET("DLSCOPE_RUN", "%" PRIu32, settings->run) &&
	       /* The shim's own object events say more than LTTng's, at less cost. */
	       SET("LTTNG_UST_WITHOUT_BADDR_STATEDUMP", "%s", "1") &&
	       (has_own_waiting() || set_waiting(environment, count, settings)) &&
	       (!settings->lttng_home || SET("LTTNG_HOME", "%s", settings->lttng_home)) &&
	       SET("DLSCOPE_TRIGGERS", "%d", settings->triggers || wants_triggers()) &&
	       (!settings->crash || SET("DLSCOPE_CRASH", "%s", "1")) &&
	       (settings->stack == COUNT_UNSET ||
		SET("DLSCOPE_STACK", "%" PRIu64, settings->stack));
}
#undef SET

struct error *preload_environment(const char *ld_preload, const struct preload_settings *settings,
				  char ***out)
{
	enum { MOST_ADDED = 11 };
	size_t count = 0;
	char **environment;

	while (environ[count])
		count++;
	environment = calloc(count + MOST_ADDED, sizeof(*environment));
	if (!environment)
		return error_no_memory();
	for (size_t i = 0; i < count; i++) {
		environment[i] = strdup(environ[i]);
		if (!environment[i]) {
			preload_environment_free(environment);
			return error_no_memory();
		}
	}
	if (!set_all(environment, &count, ld_preload, settings)) {
		preload_environment_free(environment);
		return error_no_memory();
	}
	*out = environment;
	return NULL;
}

void preload_environment_free(char **environment)
{
	for (size_t i = 0; environment[i]; i++)
		free(environment[i]);
	free(environment);
}
