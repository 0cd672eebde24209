/* SPDX-License-Identifier: MIT */
/*
 * Signals while a program runs under record.
 *
 * A signal from the terminal (si_code SI_KERNEL: interrupt, quit, suspend,
 * window size, hang-up) goes to the whole foreground process group; the program
 * is in it and has its own copy, so that one is not handed on.  A signal that
 * somebody sent to record alone is.
 */
#include "signals.h"

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const int taken[] = { SIGINT,  SIGQUIT,	SIGTERM, SIGHUP,  SIGUSR1, SIGUSR2,
			     SIGALRM, SIGWINCH, SIGTSTP, SIGCONT, SIGCHLD, SIGPIPE };
static const int endings[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };

static sigset_t taken_set, mask_before;
static struct sigaction child_action_before;
static bool taken_over;
static int asked_to_end;

static void fill_set(sigset_t *set, const int *signals, size_t count)
{
	sigemptyset(set);
	for (size_t i = 0; i < count; i++)
		sigaddset(set, signals[i]);
}

void signals_take_over(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };

	fill_set(&taken_set, taken, sizeof(taken) / sizeof(taken[0]));
	sigprocmask(SIG_BLOCK, &taken_set, &mask_before);
	taken_over = true;
	/* Whoever started us may ignore SIGCHLD: wait() would then find nothing. */
	sigaction(SIGCHLD, &standard, &child_action_before);
}

void signals_restore(void)
{
	if (!taken_over)
		return;
	taken_over = false;
	sigaction(SIGCHLD, &child_action_before, NULL);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

void signals_finish(void)
{
	const struct timespec at_once = { 0 };

	while (taken_over && (sigtimedwait(&taken_set, NULL, &at_once) > 0 || errno == EINTR))
		;
	signals_restore();
}

static void note_ending(int signal_number)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (endings[i] == signal_number)
			asked_to_end = signal_number;
}

int signals_asked_to_end(void)
{
	const struct timespec at_once = { 0 };
	sigset_t set;
	int signal_number;

	fill_set(&set, endings, sizeof(endings) / sizeof(endings[0]));
	while ((signal_number = sigtimedwait(&set, NULL, &at_once)) > 0)
		note_ending(signal_number);
	return asked_to_end;
}

bool signals_wait(siginfo_t *info, int milliseconds)
{
	const struct timespec timeout = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

	for (;;) {
		int signal_number = milliseconds < 0 ? sigwaitinfo(&taken_set, info)
						     : sigtimedwait(&taken_set, info, &timeout);

		if (signal_number > 0) {
			note_ending(signal_number);
			return true;
		}
		if (errno != EINTR)
			return false;
	}
}

void signals_forward(const siginfo_t *info, pid_t program)
{
	if (info->si_signo == SIGCHLD || info->si_signo == SIGPIPE || info->si_code == SI_KERNEL)
		return;
	/* The program itself may signal its parent; sent back it would end it. */
	if (info->si_code <= 0 && info->si_pid == program)
		return;
	kill(program, info->si_signo);
}

int signals_die_of(int signal_number)
{
	const struct rlimit no_core = { 0, 0 };
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t set;

	/* The core file, if any, is the program's.  A core_pattern that is a pipe
	 * ignores the limit, so the process is made undumpable as well. */
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0);
	sigaction(signal_number, &standard, NULL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), signal_number);
	return 128 + signal_number;
}
