/* SPDX-License-Identifier: MIT */
/*
 * Signal handlers: of a crash, and of a timer of CPU time that looks whether
 * anything was read since it rang last.  CPU time, because a slow disk or a
 * stopped process is no fault of the trace.
 *
 * The handlers end the process: what babeltrace2 left half done (its locks, the
 * heap) allows nothing else.
 */
#include "read_guard.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "command.h"

enum { PATIENCE_S = 10, SENTENCE_MAX = 4096 + 256 };

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
enum { CRASH_COUNT = sizeof(crashes) / sizeof(crashes[0]) };

static struct sigaction old_crash[CRASH_COUNT], old_alarm;
static char crash_sentence[SENTENCE_MAX], stuck_sentence[SENTENCE_MAX];
static const char *volatile temporary;
static volatile sig_atomic_t ours, progress;

/* A stack that was run over is one of the ways to crash. */
static char handler_stack[64 * 1024];

static void give_up(const char *sentence)
{
	size_t length = strlen(sentence);

	while (length) {
		ssize_t written = write(STDERR_FILENO, sentence, length);

		if (written <= 0)
			break;
		sentence += written;
		length -= (size_t)written;
	}
	if (temporary)
		unlink(temporary);
	_exit(EXIT_TROUBLE);
}

/* Ours: the old action is put back, and the fault repeated by returning. */
static void on_crash(int signal_number)
{
	if (!ours)
		give_up(crash_sentence);
	for (size_t i = 0; i < CRASH_COUNT; i++)
		sigaction(crashes[i], &old_crash[i], NULL);
	if (signal_number == SIGABRT)
		raise(signal_number);
}

static void on_alarm(int signal_number)
{
	if (!ours && !progress)
		give_up(stuck_sentence);
	progress = 0;
}

static void set_timer(int seconds)
{
	struct itimerval timer = { .it_interval.tv_sec = seconds, .it_value.tv_sec = seconds };

	setitimer(ITIMER_PROF, &timer, NULL);
}

static void compose(char *sentence, const char *where, const char *what)
{
	snprintf(
		sentence, SENTENCE_MAX,
		"dlscope: cannot read trace %.4000s: babeltrace2 %s: the trace is damaged, record it again\n",
		where, what);
}

void read_guard_begin(const char *where)
{
	struct sigaction crash = { .sa_handler = on_crash, .sa_flags = SA_ONSTACK };
	struct sigaction alarm = { .sa_handler = on_alarm, .sa_flags = SA_ONSTACK | SA_RESTART };
	stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof(handler_stack) };

	compose(crash_sentence, where, "dies of it");
	compose(stuck_sentence, where, "does not get on with it");
	ours = 0;
	progress = 1;
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < CRASH_COUNT; i++)
		sigaction(crashes[i], &crash, &old_crash[i]);
	sigaction(SIGPROF, &alarm, &old_alarm);
	set_timer(PATIENCE_S);
}

void read_guard_ours_begin(void)
{
	ours = 1;
}

void read_guard_ours_end(void)
{
	progress = 1;
	ours = 0;
}

void read_guard_end(void)
{
	set_timer(0);
	sigaction(SIGPROF, &old_alarm, NULL);
	for (size_t i = 0; i < CRASH_COUNT; i++)
		sigaction(crashes[i], &old_crash[i], NULL);
}

void read_guard_remove(const char *path)
{
	temporary = path;
}
