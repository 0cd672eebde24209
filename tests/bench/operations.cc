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

namespace
{

const int BATCHES = 20;

std::string cold_path;
void *cold_handle;

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

const struct operation {
	const char *name;
	void (*run)();
	void (*setup)();
	int iterations; /* in one batch */
} operations[] = {
	{ "dlopen-loaded", already_loaded, nullptr, 50 },
	{ "dlopen-cold", cold, nullptr, 5 },
	{ "dlopen-failing", failing, nullptr, 10 },
	{ "dlsym", symbol, [] { cold_handle = dlopen(cold_path.c_str(), RTLD_NOW); }, 100 },
	{ "throw", exception, nullptr, 50 },
};

uint64_t now_ns()
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void measure(const operation &op)
{
	if (op.setup)
		op.setup();
	op.run();
	printf("{\"operation\": \"%s\", \"ns\": [", op.name);
	for (int batch = 0; batch < BATCHES; batch++) {
		uint64_t begin = now_ns();

		for (int i = 0; i < op.iterations; i++)
			op.run();
		printf("%s%.1f", batch ? ", " : "", (double)(now_ns() - begin) / op.iterations);
	}
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
