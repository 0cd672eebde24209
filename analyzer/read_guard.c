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

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "command.h"

enum { PATIENCE_S = 10, SENTENCE_MAX = 4096 + 256 };

/* SIGTRAP is how GLib ends a program that is out of memory. */
static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
enum { CRASH_COUNT = sizeof(crashes) / sizeof(crashes[0]) };

static struct sigaction old_crash[CRASH_COUNT], old_alarm;
static char crash_sentence[SENTENCE_MAX], stuck_sentence[SENTENCE_MAX];
static const char *volatile temporary;
static volatile sig_atomic_t ours, progress;

/* A sanitizer reports on stderr and maps terabytes: no limits there. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* stderr, while babeltrace2 and GLib cannot write their last words there. */
static int real_stderr = -1;

static struct rlimit old_limit;

/* A stack that was run over is one of the ways to crash. */
static char handler_stack[64 * 1024];

/* ASan looks up the stack's limits before a call that does not return, and fails
 * where no memory is left for that: these functions are not its business. */
#define UNSANITIZED __attribute__((no_sanitize("address"), noinline))

UNSANITIZED static void give_up(const char *sentence)
{
	size_t length = strlen(sentence);

	while (length) {
		ssize_t written = write(real_stderr >= 0 ? real_stderr : STDERR_FILENO, sentence,
					length);

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
UNSANITIZED static void on_crash(int signal_number)
{
	if (!ours)
		give_up(crash_sentence);
	for (size_t i = 0; i < CRASH_COUNT; i++)
		sigaction(crashes[i], &old_crash[i], NULL);
	if (signal_number == SIGABRT)
		raise(signal_number);
}

UNSANITIZED static void on_alarm(int signal_number)
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

/* One sentence is enough: assertions of babeltrace2 and GLib print their own. */
static void silence_stderr(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0)
		return;
	real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (real_stderr >= 0)
		dup2(null, STDERR_FILENO);
	close(null);
}

static void restore_stderr(void)
{
	if (real_stderr < 0)
		return;
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	real_stderr = -1;
}

/* babeltrace2 2.0.4 makes a field object for every element that the length of a
 * sequence promises, before it looks how much data there is: a damaged length
 * would take all memory, and the kernel then kills whom it likes. */
static void limit_memory(void)
{
	rlim_t half = (rlim_t)sysconf(_SC_PHYS_PAGES) / 2 * (rlim_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit;

	getrlimit(RLIMIT_DATA, &old_limit);
	limit = old_limit;
	if (half < limit.rlim_cur)
		limit.rlim_cur = half;
	setrlimit(RLIMIT_DATA, &limit);
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
	if (!SANITIZED) {
		silence_stderr();
		limit_memory();
	}
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
	if (!SANITIZED) {
		setrlimit(RLIMIT_DATA, &old_limit);
		restore_stderr();
	}
	sigaction(SIGPROF, &old_alarm, NULL);
	for (size_t i = 0; i < CRASH_COUNT; i++)
		sigaction(crashes[i], &old_crash[i], NULL);
}

void read_guard_remove(const char *path)
{
	temporary = path;
}
