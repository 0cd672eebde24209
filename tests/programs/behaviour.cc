// SPDX-License-Identifier: MIT
/*
 * Does, case by case, what a preload tool is likely to disturb, and prints all of
 * it that a program can observe.  tests/cases/transparent.bats runs every case
 * plain, with the shim, and recorded, and the output must be the same.
 *
 *	behaviour CASE
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdexcept>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

static std::string directory()
{
	char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
	path[size < 0 ? 0 : size] = '\0';
	return std::string(path).substr(0, std::string(path).rfind('/'));
}

static std::string beside(const char *name)
{
	return directory() + "/" + name;
}

static const char *text_or(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

/* The last error, with our own directory taken out of it. */
static void show_error(const char *what)
{
	std::string text = text_or(dlerror(), "none");
	std::string own = directory();
	for (size_t at; (at = text.find(own)) != std::string::npos;)
		text.replace(at, own.size(), "DIR");
	printf("%s: error %s\n", what, text.c_str());
}

static void show(const char *what, void *result)
{
	printf("%s: %s, errno %d\n", what, result ? "found" : "null", errno);
	show_error(what);
	show_error("again");
}

static void runpath(void)
{
	errno = 0;
	void *handle = dlopen("libleaf.so", RTLD_NOW);
	show("RUNPATH", handle);
	show("already loaded", dlopen("libleaf.so", RTLD_NOW | RTLD_NOLOAD));
	int (*value)(void) = (int (*)(void))dlsym(handle, "leaf_value");
	printf("value %d\n", value ? value() : -1);
	printf("close %d\n", dlclose(handle));
	printf("close %d\n", dlclose(handle));
	show("gone", dlopen("libleaf.so", RTLD_NOW | RTLD_NOLOAD));
}

static void origin(void)
{
	show("$ORIGIN", dlopen("$ORIGIN/private/libleaf.so", RTLD_NOW));
	show("$LIB", dlopen("$LIB/libleaf.so", RTLD_NOW));
}

static void scope(void)
{
	void *handle = dlopen(beside("libscope.so").c_str(), RTLD_NOW | RTLD_LOCAL);
	show("plug-in", handle);
	void *(*lookup)(const char *, int) = (void *(*)(const char *, int))dlsym(handle, "scope_lookup");
	void *(*open)(const char *) = (void *(*)(const char *))dlsym(handle, "scope_open");
	show("local scope, from main", dlsym(RTLD_DEFAULT, "scope_only_here"));
	show("local scope, from the plug-in", lookup("scope_only_here", 0));
	show("RTLD_NEXT, from the plug-in", lookup("scope_only_here", 1));
	show("RTLD_NEXT malloc, from the plug-in", lookup("malloc", 1));
	show("RUNPATH of the main program, from the plug-in", open("libleaf.so"));
	printf("close %d\n", dlclose(handle));
	show("unloaded after RTLD_DEFAULT", dlopen(beside("libscope.so").c_str(), RTLD_NOW | RTLD_NOLOAD));
}

static void errors(void)
{
	show_error("at first");
	errno = 0;
	show("missing", dlopen("libmissing.so", RTLD_NOW));
	show("missing path", dlopen("/nowhere/libmissing.so", RTLD_NOW));
	show("a directory", dlopen("/", RTLD_NOW));
	show("not ELF", dlopen("/etc/passwd", RTLD_NOW));
	show("bad flags", dlopen(NULL, 0));
	show("empty", dlopen("", RTLD_NOW));
	show("main", dlopen(NULL, RTLD_NOW));
	show("missing symbol", dlsym(RTLD_DEFAULT, "no_such_symbol"));
	show("wrong version", dlvsym(RTLD_DEFAULT, "malloc", "GLIBC_1.0"));
	show("right version", dlvsym(RTLD_DEFAULT, "qsort_r", "GLIBC_2.8"));
	show("long name", dlopen(std::string(5000, 'x').c_str(), RTLD_NOW));
	show("long path", dlopen((std::string(5000, '/') + "x").c_str(), RTLD_NOW));
	show("not UTF-8", dlopen("lib\377\376.so", RTLD_NOW));
}

/* An error that nobody asked for until something else has happened. */
static void errors_between(void)
{
	dlopen("libmissing.so", RTLD_NOW);
	printf("open %d\n", dlopen(NULL, RTLD_NOW) != NULL);
	show_error("cleared by a load");
	dlopen("libmissing.so", RTLD_NOW);
	dlsym(RTLD_DEFAULT, "malloc");
	show_error("cleared by a lookup");
	dlopen("libmissing.so", RTLD_NOW);
	dlsym(RTLD_DEFAULT, "no_such_symbol");
	show_error("replaced by a lookup");
	dlopen("libmissing.so", RTLD_NOW);
	struct link_map *map = NULL;
	printf("dlinfo %d\n", dlinfo(dlopen(NULL, RTLD_NOW), RTLD_DI_LINKMAP, &map));
	show_error("cleared by dlinfo");
	dlopen("libmissing.so", RTLD_NOW);
	Dl_info info;
	printf("dladdr %d\n", dladdr((void *)puts, &info) != 0);
	show_error("not cleared by dladdr");
	dlopen("libmissing.so", RTLD_NOW);
	const char *text = dlerror();
	printf("text stays: %s\n", text);
}

static void *thread_errors(void *)
{
	show_error("in another thread");
	dlopen("libother.so", RTLD_NOW);
	show_error("own error");
	dlopen("libthird.so", RTLD_NOW);
	return NULL;
}

static void errors_per_thread(void)
{
	pthread_t thread;
	dlopen("libmissing.so", RTLD_NOW);
	pthread_create(&thread, NULL, thread_errors, NULL);
	pthread_join(thread, NULL);
	show_error("of this thread");
}

static void nested(void)
{
	show("load in a constructor", dlopen(beside("libnested.so").c_str(), RTLD_NOW));
}

static void namespaces(void)
{
	Lmid_t lmid = -1;
	void *handle = dlmopen(LM_ID_NEWLM, beside("private/libleaf.so").c_str(), RTLD_NOW);
	show("new namespace", handle);
	printf("dlinfo %d\n", dlinfo(handle, RTLD_DI_LMID, &lmid));
	printf("namespace %ld\n", (long)lmid);
	void *same = dlmopen(lmid, beside("private/libleaf.so").c_str(), RTLD_NOW);
	printf("same handle %d\n", same == handle);
	void *base = dlmopen(LM_ID_BASE, "libleaf.so", RTLD_NOW);
	show("base namespace, RUNPATH", base);
	printf("another handle %d\n", base != handle);
	show("bad namespace", dlmopen(77, "libleaf.so", RTLD_NOW));
	printf("close %d\n", dlclose(same));
	printf("close %d\n", dlclose(handle));
}

enum leave_how { STAY, THROW, JUMP, FORK, TRACE };
static leave_how leave;
static jmp_buf jump;
static int main_seen, depth_seen;

extern "C" void leaver_do(void)
{
	void *frames[64];
	if (leave == THROW)
		throw std::runtime_error("from a constructor");
	if (leave == JUMP)
		longjmp(jump, 1);
	if (leave == FORK) {
		pid_t child = fork();
		int status = 0;
		if (child == 0) {
			printf("child: leaf %s\n", dlopen("libleaf.so", RTLD_NOW) ? "found" : dlerror());
			fflush(stdout);
			_exit(3);
		}
		waitpid(child, &status, 0);
		printf("child exited with %d\n", WEXITSTATUS(status));
	}
	if (leave == TRACE)
		depth_seen = backtrace(frames, 64);
	for (int i = 0; i < depth_seen; i++) {
		Dl_info info;
		if (dladdr(frames[i], &info) && info.dli_sname && !strcmp(info.dli_sname, "behaviour_main"))
			main_seen = 1;
	}
}

static void exception(void)
{
	leave = THROW;
	try {
		dlopen(beside("libleaver.so").c_str(), RTLD_NOW);
		printf("not thrown\n");
	} catch (const std::exception &caught) {
		printf("caught %s\n", caught.what());
	}
	show_error("after it");
}

static void long_jump(void)
{
	leave = JUMP;
	if (setjmp(jump) == 0)
		dlopen(beside("libleaver.so").c_str(), RTLD_NOW);
	else
		printf("jumped\n");
	show("after it", dlopen(NULL, RTLD_NOW));
}

static void fork_in_constructor(void)
{
	leave = FORK;
	fflush(stdout);
	show("with a fork inside", dlopen(beside("libleaver.so").c_str(), RTLD_NOW));
}

static void backtrace_in_constructor(void)
{
	leave = TRACE;
	dlopen(beside("libleaver.so").c_str(), RTLD_NOW);
	printf("main on the stack %d\n", main_seen);
}

static void *load_often(void *failures)
{
	for (int i = 0; i < 200; i++) {
		void *handle = dlopen(i % 2 ? "libleaf.so" : "libmissing.so", RTLD_NOW);
		const char *error = handle ? NULL : dlerror();
		if (i % 2 ? !handle || !dlsym(handle, "leaf_value") || dlclose(handle) != 0
			  : handle || !error || !strstr(error, "libmissing"))
			++*(int *)failures;
	}
	return NULL;
}

static void threads(void)
{
	pthread_t thread[8];
	int failures[8] = {};
	for (int i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, load_often, &failures[i]);
	for (int i = 0; i < 8; i++) {
		pthread_join(thread[i], NULL);
		printf("thread %d: %d wrong\n", i, failures[i]);
	}
}

static int list_object(struct dl_phdr_info *info, size_t, void *)
{
	const char *slash = strrchr(info->dlpi_name, '/');
	if (strstr(info->dlpi_name, "leaf"))
		printf("object %s at %d\n", slash ? slash + 1 : info->dlpi_name, info->dlpi_addr != 0);
	return 0;
}

static void objects(void)
{
	dlopen("libleaf.so", RTLD_NOW);
	dl_iterate_phdr(list_object, NULL);
}

static void children(void)
{
	for (int i = 0; i < 3; i++) {
		int status = 0;
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			void *handle = dlopen("libleaf.so", RTLD_NOW);
			if (i == 0)
				_exit(handle ? 10 : 11);
			if (i == 1)
				exit(handle ? 20 : 21);
			execl("/proc/self/exe", "behaviour", "runpath", (char *)NULL);
			_exit(31);
		}
		waitpid(child, &status, 0);
		printf("child %d: %d\n", i, WEXITSTATUS(status));
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "runpath", runpath },
	{ "origin", origin },
	{ "scope", scope },
	{ "errors", errors },
	{ "errors-between", errors_between },
	{ "errors-per-thread", errors_per_thread },
	{ "nested", nested },
	{ "namespaces", namespaces },
	{ "exception", exception },
	{ "longjmp", long_jump },
	{ "fork-in-constructor", fork_in_constructor },
	{ "backtrace", backtrace_in_constructor },
	{ "threads", threads },
	{ "objects", objects },
	{ "children", children },
};

extern "C" int behaviour_main(int argc, char **argv)
{
	for (const auto &one : cases) {
		if (argc < 2) {
			printf("%s\n", one.name);
		} else if (strcmp(argv[1], one.name) == 0) {
			one.run();
			fflush(stdout);
			return 0;
		}
	}
	return argc < 2 ? 0 : 2;
}

int main(int argc, char **argv)
{
	int status = behaviour_main(argc, argv);
	fflush(stdout);
	return status;
}
