/* SPDX-License-Identifier: MIT */
/*
 * Benchmark of whole commands: runs a command several times and prints one JSON
 * line with the wall time of each run, from the call that starts it until it
 * was waited for.
 *
 * It is itself what is recorded, so that a tracer's start and end (session
 * daemon, writing out) are not billed to the command; what each process of the
 * command pays (loading the tracer, registering, exit) is.  What the command
 * prints passes through: lines of its own, in the same form.
 */

#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t run_once(char **command)
{
	uint64_t begin = now_ns(), end;
	int error, status;
	pid_t child;

	error = posix_spawnp(&child, command[0], NULL, NULL, command, environ);
	if (error) {
		fprintf(stderr, "spawn: %s: %s\n", command[0], strerror(error));
		exit(1);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	end = now_ns();
	if (status != 0) {
		fprintf(stderr, "spawn: %s: ended with wait status %#x\n", command[0], status);
		exit(1);
	}
	return end - begin;
}

enum { MAX_RUNS = 100 };

int main(int argc, char **argv)
{
	unsigned long long times[MAX_RUNS];
	int count = argc < 4 ? 0 : atoi(argv[2]);

	if (count < 1 || count > MAX_RUNS) {
		fprintf(stderr, "usage: spawn NAME COUNT COMMAND...  (COUNT 1 to %d)\n", MAX_RUNS);
		return 2;
	}
	for (int i = 0; i < count; i++)
		times[i] = run_once(argv + 3);
	printf("{\"operation\": \"%s\", \"ns\": [", argv[1]);
	for (int i = 0; i < count; i++)
		printf("%s%llu", i ? ", " : "", times[i]);
	puts("]}");
	return 0;
}
