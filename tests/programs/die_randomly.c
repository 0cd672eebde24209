/* SPDX-License-Identifier: MIT */
/*
 * Children that load without end, and die at random moments.
 *
 *	die_randomly LOG LIBRARY CHILDREN SEED
 *
 * Each child loads and closes LIBRARY, whose constructor writes a line with the
 * child's pid to LOG by write(2) itself.  The parent ends the child up to 12 ms after
 * its first line: by SIGKILL, by SIGSEGV, or by a signal whose handler calls _exit(3).
 * Every other child is a program of its own, and every fourth is not waited for, so that
 * it may die while the tracer starts.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST_US = 12000 };

static const int endings[] = { SIGKILL, SIGSEGV, SIGTERM };

static void leave(int signal_number)
{
	(void)signal_number;
	_exit(3);
}

static void load_for_ever(const char *log, const char *library)
{
	setenv("DIE_RANDOMLY_LOG", log, 1);
	signal(SIGTERM, leave);
	for (;;) {
		void *handle = dlopen(library, RTLD_NOW);

		if (!handle)
			exit(2);
		dlclose(handle);
	}
}

static pid_t begin_child(char **argv, int number)
{
	pid_t child = fork();

	if (child)
		return child;
	if (number % 2)
		execl("/proc/self/exe", argv[0], argv[1], argv[2], "0", "0", (char *)NULL);
	else
		load_for_ever(argv[1], argv[2]);
	_exit(2);
}

static off_t size_of(const char *file)
{
	struct stat status;

	return stat(file, &status) == 0 ? status.st_size : 0;
}

/* For its first line, or its end. */
static void wait_for_line(const char *log, off_t before, pid_t child)
{
	siginfo_t ended = { 0 };

	while (size_of(log) == before && !ended.si_pid) {
		waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT);
		usleep(200);
	}
}

/* 0 when it died of what it was given. */
static int end_child(pid_t child, int ending)
{
	int status;

	usleep((useconds_t)(rand() % LONGEST_US));
	kill(child, ending);
	if (waitpid(child, &status, 0) != child)
		return 1;
	/* before its handler is there, SIGTERM ends it */
	return !(WIFSIGNALED(status) && WTERMSIG(status) == ending) &&
	       !(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

int main(int argc, char **argv)
{
	int i, wrong = 0, children;

	if (argc != 5)
		return 2;
	children = atoi(argv[3]);
	if (!children)
		load_for_ever(argv[1], argv[2]);
	srand((unsigned int)atoi(argv[4]));
	for (i = 0; i < children; i++) {
		off_t before = size_of(argv[1]);
		pid_t child = begin_child(argv, i);

		if (i % 4 != 3)
			wait_for_line(argv[1], before, child);
		wrong += end_child(child, endings[(size_t)rand() % (sizeof(endings) / sizeof(*endings))]);
	}
	if (wrong)
		fprintf(stderr, "die_randomly: %d children ended otherwise\n", wrong);
	return wrong != 0;
}
