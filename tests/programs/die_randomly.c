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
 *
 * With SEED 0 nothing is random: child number N waits in the constructor of its N-th load
 * for its end.
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

/* stop_in: the load whose constructor does not return, 0 for none */
static void load_for_ever(const char *log, const char *library, int stop_in)
{
	setenv("DIE_RANDOMLY_LOG", log, 1);
	signal(SIGTERM, leave);
	for (int number = 1;; number++) {
		void *handle;

		setenv("DIE_RANDOMLY_STOP", number == stop_in ? "1" : "0", 1);
		handle = dlopen(library, RTLD_NOW);
		if (!handle)
			exit(2);
		dlclose(handle);
	}
}

static pid_t begin_child(char **argv, int number, int stop_in)
{
	pid_t child = fork();
	char text[16];

	if (child)
		return child;
	snprintf(text, sizeof(text), "%d", stop_in);
	if (number % 2)
		execl("/proc/self/exe", argv[0], argv[1], argv[2], "0", text, (char *)NULL);
	else
		load_for_ever(argv[1], argv[2], stop_in);
	_exit(2);
}

static off_t size_of(const char *file)
{
	struct stat status;

	return stat(file, &status) == 0 ? status.st_size : 0;
}

/* For so many bytes more, or its end. */
static void wait_for_bytes(const char *log, off_t bytes, pid_t child)
{
	siginfo_t ended = { 0 };

	while (size_of(log) < bytes && !ended.si_pid) {
		waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT);
		usleep(200);
	}
}

/* 0 when it died of what it was given. */
static int end_child(pid_t child, int ending, int random)
{
	int status;

	if (random)
		usleep((useconds_t)(rand() % LONGEST_US));
	kill(child, ending);
	if (waitpid(child, &status, 0) != child)
		return 1;
	/* before its handler is there, SIGTERM ends it */
	return !(WIFSIGNALED(status) && WTERMSIG(status) == ending) &&
	       !(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

static int one_child(char **argv, int number, int random)
{
	enum { LINE = 8, ENDINGS = sizeof(endings) / sizeof(*endings) };
	int lines = random ? number % 4 != 3 : number + 1;
	off_t before = size_of(argv[1]);
	pid_t child = begin_child(argv, number, random ? 0 : lines);

	if (lines)
		wait_for_bytes(argv[1], before + LINE * lines, child);
	return end_child(child, endings[random ? rand() % ENDINGS : number % ENDINGS], random);
}

int main(int argc, char **argv)
{
	int i, wrong = 0, children;

	if (argc != 5)
		return 2;
	children = atoi(argv[3]);
	if (!children)
		load_for_ever(argv[1], argv[2], atoi(argv[4]));
	srand((unsigned int)atoi(argv[4]));
	for (i = 0; i < children; i++)
		wrong += one_child(argv, i, atoi(argv[4]) != 0);
	if (wrong)
		fprintf(stderr, "die_randomly: %d children ended otherwise\n", wrong);
	return wrong != 0;
}
