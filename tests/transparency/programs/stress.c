/* SPDX-License-Identifier: MIT */
/*
 * Threads that load, look up and close at random, and write down what they get.
 *
 *	stress SEED OPERATIONS [THREADS]
 *
 * 64 objects: each thread has its own share, so that what it gets does not depend on
 * what the others do at that moment, and all of them meet in the loader and in the
 * tracer.  Every result goes into a sum per thread: which handle (by number), which
 * text of an error, which symbol, which order.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observe.h"

enum { OBJECTS = 64, THREADS_MAX = 8, OPENS_MAX = 8, ACTIONS = 12 };

struct worker {
	pthread_t thread;
	uint64_t random, sum;
	long operations, counts[ACTIONS];
	int first, count;                    /* its share of the objects */
	void *handle[OBJECTS];
	int opened[OBJECTS];
};

static uint32_t next_random(struct worker *worker)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 7;
	worker->random ^= worker->random << 17;
	return (uint32_t)(worker->random >> 32);
}

static void add(struct worker *worker, const char *what, const char *text)
{
	for (; *what; what++)
		worker->sum = (worker->sum ^ (unsigned char)*what) * 1099511628211u;
	for (; text && *text; text++)
		worker->sum = (worker->sum ^ (unsigned char)*text) * 1099511628211u;
}

static void add_error(struct worker *worker)
{
	add(worker, "error", dlerror());
	add(worker, "again", dlerror());
}

static void name_of(char *name, int object)
{
	sprintf(name, "libmany%02d.so", object);
}

static void open_it(struct worker *worker, int object, int flags)
{
	char name[32];
	name_of(name, object);
	void *handle = dlopen(name, flags);
	add(worker, "open", handle ? worker->opened[object] && handle != worker->handle[object] ? "other" : "found" : "null");
	if (!handle)
		return;
	worker->handle[object] = handle;
	worker->opened[object]++;
}

static void close_it(struct worker *worker, int object)
{
	if (!worker->opened[object])
		return;
	add(worker, "close", dlclose(worker->handle[object]) == 0 ? "0" : "-1");
	worker->opened[object]--;
}

static void call_it(struct worker *worker, int object, const char *version)
{
	char name[32];
	sprintf(name, "many%02d_name", object);
	void *handle = worker->opened[object] ? worker->handle[object] : RTLD_DEFAULT;
	const char *(*function)(void) =
		(const char *(*)(void))(version ? dlvsym(handle, name, version) : dlsym(handle, name));
	add(worker, "symbol", function ? function() : "null");
}

static void step(struct worker *worker)
{
	uint32_t random = next_random(worker);
	int object = worker->first + (int)(random >> 8) % worker->count;
	int action = (int)(random & 255) % ACTIONS;
	worker->counts[action]++;
	switch (action) {
	case 0:
	case 1:
		if (worker->opened[object] < OPENS_MAX)
			open_it(worker, object, RTLD_NOW);
		break;
	case 2:
		open_it(worker, object, RTLD_LAZY | RTLD_NOLOAD);
		break;
	case 3:
	case 4:
		close_it(worker, object);
		break;
	case 5:
		call_it(worker, object, NULL);
		break;
	case 6:
		call_it(worker, object, "NO_SUCH_VERSION");
		break;
	case 7:
		add(worker, "missing", dlopen("libnowhere.so", RTLD_NOW) ? "found" : "null");
		break;
	case 8:
		add(worker, "nothing", dlsym(RTLD_DEFAULT, "nothing_of_this_name") ? "found" : "null");
		break;
	case 9:
		add(worker, "puts", dlvsym(RTLD_DEFAULT, "puts", "GLIBC_2.2.5") ? "found" : "null");
		break;
	default:
		add_error(worker);
	}
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	for (long i = 0; i < worker->operations; i++)
		step(worker);
	add_error(worker);
	for (int object = worker->first; object < worker->first + worker->count; object++)
		while (worker->opened[object])
			close_it(worker, object);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[THREADS_MAX];
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	long operations = argc > 2 ? atol(argv[2]) : 10000;
	int threads = argc > 3 ? atoi(argv[3]) : THREADS_MAX;
	if (threads < 1 || threads > THREADS_MAX)
		return 2;
	for (int i = 0; i < threads; i++) {
		struct worker *worker = &workers[i];
		worker->random = (seed * 0x9e3779b97f4a7c15u + (uint64_t)i * 0xbf58476d1ce4e5b9u) | 1;
		worker->operations = operations / threads;
		worker->count = OBJECTS / threads;
		worker->first = i * worker->count;
		pthread_create(&worker->thread, NULL, work, worker);
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		say("thread %d: %016lx\n", i, (unsigned long)workers[i].sum);
		for (int action = 0; action < ACTIONS; action++)
			say("  action %d: %ld times\n", action, workers[i].counts[action]);
	}
	for (int object = 0; object < OBJECTS; object++) {
		char name[32];
		name_of(name, object);
		if (dlopen(name, RTLD_NOW | RTLD_NOLOAD))
			say("%s is still there\n", name);
	}
	return 0;
}
