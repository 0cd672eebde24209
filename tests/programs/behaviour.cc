// SPDX-License-Identifier: MIT
/*
 * Loads in ways whose outcome and requester the trace must tell
 * (tests/cases/outcomes.bats).  What the program itself sees of being traced is
 * compared in tests/transparency.
 *
 *	behaviour CASE
 */
#include <dlfcn.h>
#include <errno.h>
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

enum leave_how { STAY, THROW, JUMP, FORK };
static leave_how leave;
static jmp_buf jump;

extern "C" void leaver_do(void)
{
	if (leave == THROW)
		throw std::runtime_error("from a constructor");
	if (leave == JUMP)
		longjmp(jump, 1);
	if (leave == FORK) {
		pid_t child = fork();
		int status = 0;
		if (child == 0) {
			printf("child: leaf %s\n",
			       dlopen("libleaf.so", RTLD_NOW) ? "found" : dlerror());
			fflush(stdout);
			_exit(3);
		}
		waitpid(child, &status, 0);
		printf("child exited with %d\n", WEXITSTATUS(status));
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

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "runpath", runpath },	      { "nested", nested },
	{ "namespaces", namespaces }, { "exception", exception },
	{ "longjmp", long_jump },     { "fork-in-constructor", fork_in_constructor },
	{ "threads", threads },
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
