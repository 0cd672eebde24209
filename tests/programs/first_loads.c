/* SPDX-License-Identifier: MIT */
/*
 * Many first loads at once: eight threads each load and close a library of the C
 * library's own, while the main thread forks.  The child ends at once: glibc (2.36) does
 * not let it load where another thread was about to when it was forked.
 *
 * usage: first_loads
 * The exit status is 0 when all of them could be loaded.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8 };

static int load(void)
{
	void *handle = dlopen("libm.so.6", RTLD_NOW);

	return handle && dlclose(handle) == 0 ? 0 : 1;
}

static void *run(void *start)
{
	pthread_barrier_wait(start);
	return (void *)(intptr_t)load();
}

int main(void)
{
	pthread_t threads[THREADS];
	pthread_barrier_t barrier;
	int status = 0, failed = 0;
	void *result;
	pid_t child;

	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, &barrier) != 0)
			return 2;
	pthread_barrier_wait(&barrier);
	child = fork();
	if (child == 0)
		_exit(0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		failed |= (int)(intptr_t)result;
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 2;
	return failed || status ? 1 : 0;
}
