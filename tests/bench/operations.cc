/* SPDX-License-Identifier: MIT */
/*
 * Benchmark of single operations: prints one JSON line for each, with the ns an
 * operation took in every batch.  scripts/bench runs it under each tracer in
 * turn and compares.
 *
 * All operations are in one process on purpose: the C++ throw comes after loads
 * were traced, when whatever a tracer brings in to unwind is in place.  Counts
 * are small so that no ring buffer overflows: a discarded event costs less than
 * a recorded one and would flatter the tracer.
 */

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <string>
#include <thread>

namespace
{

const int BATCHES = 20;

std::string cold_path;
void *cold_handle;
void *(*host_dlsym)(void *, const char *);

[[noreturn]] void die(const char *what, const char *why)
{
	fprintf(stderr, "operations: %s: %s\n", what, why);
	exit(1);
}

void open_and_close(const char *name)
{
	void *handle = dlopen(name, RTLD_NOW);

	if (!handle)
		die("dlopen", dlerror());
	dlclose(handle);
}

/* A bare name: the kind whose meaning depends on the caller. */
void already_loaded()
{
	open_and_close("libm.so.6");
}

void cold()
{
	open_and_close(cold_path.c_str());
}

void failing()
{
	if (dlopen("libdlscope-bench-no-such.so", RTLD_NOW))
		die("dlopen", "a library that must not exist was found");
	dlerror();
}

void symbol()
{
	if (!dlsym(cold_handle, "bench_function"))
		die("dlsym", dlerror());
}

/* By an object for which all rules of conventions.def hold; none names this function. */
void symbol_of_host()
{
	if (!host_dlsym(cold_handle, "bench_function"))
		die("dlsym", dlerror());
}

void open_host()
{
	std::string path = cold_path.substr(0, cold_path.rfind('/')) + "/libhost.so";
	void *handle = dlopen(path.c_str(), RTLD_NOW);

	if (!handle)
		die("dlopen", dlerror());
	host_dlsym = reinterpret_cast<void *(*)(void *, const char *)>(dlsym(handle, "host_dlsym"));
	cold_handle = dlopen(cold_path.c_str(), RTLD_NOW);
}

__attribute__((noinline)) void thrower()
{
	throw 1;
}

void exception()
{
	try {
		thrower();
	} catch (int) {
	}
}

uint64_t now_ns()
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A call from 30 frames deep, for the cost of taking a stack. */
__attribute__((noinline)) void descend(int frames, void (*call)())
{
	if (frames > 1)
		descend(frames - 1, call);
	else
		call();
	__asm__ volatile("" ::: "memory"); /* no tail call */
}

void deep()
{
	descend(30, already_loaded);
}

/* The first call of a thread; the thread's own creation is not in the figure. */
double first_deep()
{
	uint64_t begin, end;

	std::thread([&] {
		begin = now_ns();
		deep();
		end = now_ns();
	}).join();
	return (double)(end - begin);
}

const struct operation {
	const char *name;
	void (*run)();
	void (*setup)();
	int iterations;			 /* in one batch */
	double (*run_timed)() = nullptr; /* in place of run: its own ns */
} operations[] = {
	{ "dlopen-loaded", already_loaded, nullptr, 50 },
	{ "dlopen-cold", cold, nullptr, 5 },
	{ "dlopen-failing", failing, nullptr, 10 },
	{ "dlsym", symbol, [] { cold_handle = dlopen(cold_path.c_str(), RTLD_NOW); }, 100 },
	{ "dlsym-host", symbol_of_host, open_host, 100 },
	{ "throw", exception, nullptr, 50 },
	{ "deep", deep, nullptr, 50 },
	{ "deep-first", nullptr, nullptr, 5, first_deep },
};

/* ns of one run, over a batch. */
double batch(const operation &op)
{
	double sum = 0;
	uint64_t begin = now_ns();

	for (int i = 0; i < op.iterations; i++)
		if (op.run_timed)
			sum += op.run_timed();
		else
			op.run();
	return (op.run_timed ? sum : (double)(now_ns() - begin)) / op.iterations;
}

void measure(const operation &op)
{
	if (op.setup)
		op.setup();
	batch(op);
	printf("{\"operation\": \"%s\", \"ns\": [", op.name);
	for (int i = 0; i < BATCHES; i++)
		printf("%s%.1f", i ? ", " : "", batch(op));
	puts("]}");
}

} // namespace

/* Usage: operations DIRECTORY, the one that holds libcold.so. */
int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage", "operations DIRECTORY");
	cold_path = std::string(argv[1]) + "/libcold.so";
	if (!dlopen("libm.so.6", RTLD_NOW))
		die("dlopen", dlerror());
	for (const operation &op : operations)
		measure(op);
	return 0;
}
