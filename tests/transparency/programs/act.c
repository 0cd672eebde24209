/* SPDX-License-Identifier: MIT */
/*
 * Does what its arguments say, one action each, and prints what comes of it.
 *
 *	open:FILE[:FLAGS]       dlopen; FLAGS joined by '+', or a number; default NOW
 *	bring:FILE[:FLAGS]      the same of a library that may be there already, whose
 *	                        constructor then does nothing to errno
 *	mopen:NAMESPACE:FILE[:FLAGS]
 *	sym:HANDLE:NAME         dlsym; HANDLE is the number of an open, D or N
 *	vsym:HANDLE:NAME:VERSION
 *	call:HANDLE:NAME        dlsym, and calls the function, which returns a text
 *	int:HANDLE:NAME         dlsym, and calls the function, which returns an int
 *	close:HANDLE
 *	info:HANDLE             what dlinfo and dladdr say
 *	error, errno            dlerror(); what errno is
 *	as:main                 who makes these calls: this program,
 *	as:jit                  code in no object,
 *	as:found:HANDLE         this program, by pointers that dlsym gave
 *	as:HANDLE:FUNCTION      or the object whose FUNCTION gives its struct actor
 *	objects iteration maps fds env signals threads limits
 *	chdir:DIRECTORY  unlink:FILE  setenv:NAME:VALUE
 *	exit:STATUS  _exit:STATUS  abort  return
 *
 * A verb that ends in '~' leaves dlerror() alone.  FILE "NULL" is a null pointer;
 * "%XX" is a byte; "*N*TEXT" is TEXT N times.  A handle closed or failed stays what
 * it was: numbers are never used again.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actor.h"
#include "observe.h"

enum { HANDLES_MAX = 256, ERRNO_BEFORE = 4242 };

ACTOR(main_functions);
static const struct actor *actor = &main_functions;
static void *handles[HANDLES_MAX];
static bool closed[HANDLES_MAX];
static int handle_count;
static bool ask_error;

static const struct {
	const char *name;
	int bits;
} flag_names[] = {
	{ "LAZY", RTLD_LAZY }, { "NOW", RTLD_NOW }, { "GLOBAL", RTLD_GLOBAL }, { "LOCAL", RTLD_LOCAL },
	{ "NOLOAD", RTLD_NOLOAD }, { "NODELETE", RTLD_NODELETE }, { "DEEPBIND", RTLD_DEEPBIND },
};

static int flags_of(char *text)
{
	int flags = 0;
	char *rest = NULL;
	if (!text)
		return RTLD_NOW;
	for (char *word = strtok_r(text, "+", &rest); word; word = strtok_r(NULL, "+", &rest)) {
		int bits = (int)strtol(word, NULL, 0);
		for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
			if (strcmp(word, flag_names[i].name) == 0)
				bits = flag_names[i].bits;
		flags |= bits;
	}
	return flags;
}

/* The FILE of an action, in memory of its own. */
static char *file_of(const char *text)
{
	static char name[65536];
	size_t used = 0, times = 1;
	if (strcmp(text, "NULL") == 0)
		return NULL;
	if (text[0] == '*') {
		char *end;
		times = strtoul(text + 1, &end, 10);
		text = end + 1;
	}
	for (; times; times--)
		for (const char *at = text; *at && used < sizeof name - 1; at++) {
			unsigned byte;
			if (*at == '%' && sscanf(at + 1, "%2x", &byte) == 1) {
				name[used++] = (char)byte;
				at += 2;
			} else {
				name[used++] = *at;
			}
		}
	name[used] = '\0';
	return name;
}

static void say_error(void)
{
	if (!ask_error)
		return;
	int before = errno;
	const char *text = dlerror();
	int after = errno;
	say("  error: %s\n", text ? text : "none");
	if (after != before)
		say("  errno after dlerror: %d\n", after);
	text = dlerror();
	if (text)
		say("  error once more: %s\n", text);
}

static void say_result(const void *result)
{
	say("  %s, errno %d\n", result ? "found" : "null", errno);
	say_error();
}

static void keep_handle(void *handle)
{
	int number = ++handle_count;
	handles[number] = handle;
	if (!handle) {
		say_result(handle);
		return;
	}
	int same = 0;
	for (int i = number - 1; i > 0; i--)
		if (handles[i] == handle && !closed[i])
			same = i;
	say("  handle %d", number);
	if (same)
		say(", same as %d", same);
	say(", errno %d\n", errno);
	say_error();
}

static void *handle_of(const char *text)
{
	if (!text || strcmp(text, "D") == 0)
		return RTLD_DEFAULT;
	if (strcmp(text, "N") == 0)
		return RTLD_NEXT;
	return handles[atoi(text) % HANDLES_MAX];
}

/* --- the calls under test ----------------------------------------------------- */

static void do_open(char **argument)
{
	int flags = flags_of(argument[1]);
	errno = ERRNO_BEFORE;
	keep_handle(actor->open(file_of(argument[0]), flags));
}

static void do_bring(char **argument)
{
	void *handle = actor->open(file_of(argument[0]), flags_of(argument[1]));
	errno = ERRNO_BEFORE;
	keep_handle(handle);
}

static void do_mopen(char **argument)
{
	Lmid_t lmid = strcmp(argument[0], "NEW") == 0 ? LM_ID_NEWLM : atol(argument[0]);
	int flags = flags_of(argument[2]);
	errno = ERRNO_BEFORE;
	keep_handle(actor->mopen(lmid, file_of(argument[1]), flags));
}

static void say_place(const void *address)
{
	Dl_info info;
	struct link_map *map = NULL;
	if (address && dladdr1(address, &info, (void **)&map, RTLD_DL_LINKMAP))
		say("  in %s: %s\n", info.dli_fname, info.dli_sname ? info.dli_sname : "?");
}

static void do_sym(char **argument)
{
	errno = ERRNO_BEFORE;
	void *address = actor->sym(handle_of(argument[0]), argument[1]);
	say_result(address);
	say_place(address);
}

static void do_vsym(char **argument)
{
	errno = ERRNO_BEFORE;
	void *address = actor->vsym(handle_of(argument[0]), argument[1], argument[2]);
	say_result(address);
	say_place(address);
}

static void do_call(char **argument)
{
	errno = ERRNO_BEFORE;
	const char *(*function)(void) = (const char *(*)(void))actor->sym(handle_of(argument[0]), argument[1]);
	say_result((void *)function);
	if (function)
		say("  it says %s\n", function());
}

static void do_int(char **argument)
{
	int (*function)(void) = (int (*)(void))actor->sym(handle_of(argument[0]), argument[1]);
	say_result((void *)function);
	if (function)
		say("  it says %d\n", function());
}

static void do_close(char **argument)
{
	void *handle = handle_of(argument[0]);
	if (!handle) {
		say("  nothing to close\n");
		return;
	}
	errno = ERRNO_BEFORE;
	int status = dlclose(handle);
	closed[atoi(argument[0]) % HANDLES_MAX] = true;
	say("  status %d, errno %d\n", status, errno);
	say_error();
}

static void say_search_path(void *handle)
{
	Dl_serinfo size;
	if (dlinfo(handle, RTLD_DI_SERINFOSIZE, &size) != 0)
		return;
	Dl_serinfo *paths = malloc(size.dls_size);
	if (dlinfo(handle, RTLD_DI_SERINFOSIZE, paths) == 0 && dlinfo(handle, RTLD_DI_SERINFO, paths) == 0)
		for (unsigned i = 0; i < paths->dls_cnt; i++)
			say("  searches %s, flags %x\n", paths->dls_serpath[i].dls_name,
			    paths->dls_serpath[i].dls_flags);
	free(paths);
}

static void do_info(char **argument)
{
	void *handle = handle_of(argument[0]);
	struct link_map *map = NULL;
	char origin[4096];
	Lmid_t lmid = -77;
	size_t tls = 77;
	say("  link map: status %d\n", dlinfo(handle, RTLD_DI_LINKMAP, &map));
	say_error();
	if (!map)
		return;
	say("  it is the handle: %d, name %s\n", (void *)map == handle, map->l_name);
	say("  namespace: status %d", dlinfo(handle, RTLD_DI_LMID, &lmid));
	say(" %ld\n", (long)lmid);
	if (dlinfo(handle, RTLD_DI_ORIGIN, origin) == 0)
		say("  origin %s\n", origin);
	if (dlinfo(handle, RTLD_DI_TLS_MODID, &tls) == 0)
		say("  TLS %d\n", tls != 0);
	say_search_path(handle);
	say("  bad request: status %d\n", dlinfo(handle, 99, origin));
	say_error();
}

static void do_error(char **argument)
{
	ask_error = true;
	errno = ERRNO_BEFORE;
	say_error();
	say("  errno %d\n", errno);
}

/* --- who calls ------------------------------------------------------------------ */

/* sub $8,%rsp; movabs $TARGET,%rax; call *%rax; add $8,%rsp; ret */
static void *jit_call(unsigned char *code, void *target)
{
	static const unsigned char head[] = { 0x48, 0x83, 0xec, 8, 0x48, 0xb8 };
	static const unsigned char tail[] = { 0xff, 0xd0, 0x48, 0x83, 0xc4, 8, 0xc3 };
	memcpy(code, head, sizeof head);
	memcpy(code + sizeof head, &target, sizeof target);
	memcpy(code + sizeof head + sizeof target, tail, sizeof tail);
	return code;
}

static const struct actor *jit_actor(void)
{
	static struct actor jit;
	unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	jit.open = (void *(*)(const char *, int))jit_call(page, (void *)dlopen);
	jit.mopen = (void *(*)(Lmid_t, const char *, int))jit_call(page + 64, (void *)dlmopen);
	jit.sym = (void *(*)(void *, const char *))jit_call(page + 128, (void *)dlsym);
	jit.vsym = (void *(*)(void *, const char *, const char *))jit_call(page + 192, (void *)dlvsym);
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	return &jit;
}

static __typeof__(&dlopen) found_dlopen;
static __typeof__(&dlmopen) found_dlmopen;
static __typeof__(&dlsym) found_dlsym;
static __typeof__(&dlvsym) found_dlvsym;

static void *found_open(const char *file, int mode)
{
	void *volatile result = found_dlopen(file, mode);
	return result;
}

static void *found_mopen(Lmid_t lmid, const char *file, int mode)
{
	void *volatile result = found_dlmopen(lmid, file, mode);
	return result;
}

static void *found_sym(void *handle, const char *name)
{
	void *volatile result = found_dlsym(handle, name);
	return result;
}

static void *found_vsym(void *handle, const char *name, const char *version)
{
	void *volatile result = found_dlvsym(handle, name, version);
	return result;
}

static const struct actor *found_actor(void *handle)
{
	static const struct actor found = { found_open, found_mopen, found_sym, found_vsym };
	found_dlopen = (__typeof__(&dlopen))dlsym(handle, "dlopen");
	found_dlmopen = (__typeof__(&dlmopen))dlsym(handle, "dlmopen");
	found_dlsym = (__typeof__(&dlsym))dlsym(handle, "dlsym");
	found_dlvsym = (__typeof__(&dlvsym))dlvsym(handle, "dlvsym", "GLIBC_2.2.5");
	return &found;
}

static void do_as(char **argument)
{
	if (strcmp(argument[0], "main") == 0) {
		actor = &main_functions;
	} else if (strcmp(argument[0], "found") == 0) {
		actor = found_actor(handle_of(argument[1]));
	} else if (strcmp(argument[0], "jit") == 0) {
		actor = jit_actor();
	} else {
		const struct actor *(*get)(void) =
			(const struct actor *(*)(void))dlsym(handle_of(argument[0]), argument[1]);
		say("  %s\n", get ? "found" : "null");
		actor = get ? get() : actor;
	}
}

/* --- the rest --------------------------------------------------------------------- */

static void do_objects(char **argument) { observe_objects(); }
static void do_iteration(char **argument) { observe_iteration(); }
static void do_maps(char **argument) { observe_maps(); }
static void do_fds(char **argument) { observe_descriptors(); }
static void do_env(char **argument) { observe_environment(); }
static void do_signals(char **argument) { observe_signals(); }
static void do_threads(char **argument) { observe_threads(); }
static void do_limits(char **argument) { observe_limits(); }
static void do_chdir(char **argument) { say("  status %d\n", chdir(argument[0])); }
static void do_unlink(char **argument) { say("  status %d\n", unlink(argument[0])); }
static void do_setenv(char **argument) { say("  status %d\n", setenv(argument[0], argument[1], 1)); }
static void do_exit(char **argument) { exit(atoi(argument[0])); }
static void do__exit(char **argument) { _exit(atoi(argument[0])); }
static void do_abort(char **argument) { abort(); }

static const struct {
	const char *verb;
	int arguments;
	void (*run)(char **argument);
} verbs[] = {
	{ "open", 1, do_open }, { "bring", 1, do_bring }, { "mopen", 2, do_mopen }, { "sym", 2, do_sym },
	{ "vsym", 3, do_vsym }, { "call", 2, do_call }, { "int", 2, do_int }, { "close", 1, do_close },
	{ "info", 1, do_info }, { "error", 0, do_error }, { "as", 1, do_as }, { "objects", 0, do_objects },
	{ "iteration", 0, do_iteration }, { "maps", 0, do_maps }, { "fds", 0, do_fds }, { "env", 0, do_env },
	{ "signals", 0, do_signals }, { "threads", 0, do_threads }, { "limits", 0, do_limits },
	{ "chdir", 1, do_chdir }, { "unlink", 1, do_unlink }, { "setenv", 2, do_setenv },
	{ "exit", 1, do_exit }, { "_exit", 1, do__exit }, { "abort", 0, do_abort },
};

static bool act(char *action)
{
	char *argument[4] = { NULL }, *rest = NULL;
	say("%s\n", action);
	char *verb = strsep(&action, ":");
	int count = 0;
	for (rest = action; count < 4 && rest; count++)
		argument[count] = strsep(&rest, ":");
	ask_error = verb[strlen(verb) - 1] != '~';
	if (!ask_error)
		verb[strlen(verb) - 1] = '\0';
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(verb, verbs[i].verb) == 0 && count >= verbs[i].arguments) {
			verbs[i].run(argument);
			return true;
		}
	fprintf(stderr, "act: no such action: %s\n", verb);
	return false;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!act(argv[i]))
			return 99;
	return 0;
}
