/* SPDX-License-Identifier: MIT */
/*
 * analyzer/process_id.c: a process is told from another that has its pid, and is
 * gone with its children when process_id_end() or _kill() returns.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "process_id.h"

static void names(void **state)
{
	static const char *const bad[] = { "", "x", "0 5", "-3 5", "7-5", "7" };
	struct process_id self = process_id_of(getpid()), again;
	char text[PROCESS_ID_TEXT_SIZE];

	assert_int_equal(self.pid, getpid());
	assert_true(process_id_alive(self));
	process_id_format(self, ' ', text);
	again = process_id_parse(text, ' ');
	assert_int_equal(again.pid, self.pid);
	assert_int_equal(again.start_time, self.start_time);

	again.start_time--;
	assert_false(process_id_alive(again));
	process_id_kill(again); /* must not kill us */
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(process_id_parse(bad[i], ' ').pid, 0);
	assert_false(process_id_alive((struct process_id){ 0 }));
	process_id_end((struct process_id){ 0 }, 1);
}

/* A process that ignores SIGTERM when told so, with a child; both wait. */
static struct process_id start_family(bool stubborn, struct process_id *child)
{
	int fds[2];
	pid_t pid, child_pid = 0;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		sigset_t set;
		int number;

		if (stubborn)
			signal(SIGTERM, SIG_IGN);
		sigemptyset(&set);
		sigaddset(&set, SIGTERM);
		sigprocmask(SIG_BLOCK, &set, NULL);
		child_pid = fork();
		if (child_pid == 0)
			for (;;)
				pause();
		(void)!write(fds[1], &child_pid, sizeof(child_pid));
		if (stubborn)
			for (;;)
				pause();
		sigwait(&set, &number);
		kill(child_pid, SIGKILL);
		_exit(0);
	}
	assert_int_equal(read(fds[0], &child_pid, sizeof(child_pid)), sizeof(child_pid));
	close(fds[0]);
	close(fds[1]);
	*child = process_id_of(child_pid);
	return process_id_of(pid);
}

static void killed_with_children_and_reaped(void **state)
{
	struct process_id child, parent = start_family(true, &child);

	process_id_kill(parent);
	assert_int_equal(process_id_of(parent.pid).pid, 0);
	assert_int_equal(process_id_of(child.pid).pid, 0);
}

static void ended_with_children(void **state)
{
	struct process_id child, parent = start_family(false, &child);

	process_id_end(parent, 60);
	assert_int_equal(process_id_of(parent.pid).pid, 0);
	assert_false(process_id_alive(child));
}

static void killed_when_it_does_not_end(void **state)
{
	struct process_id child, parent = start_family(true, &child);

	process_id_end(parent, 0);
	assert_false(process_id_alive(parent));
	assert_false(process_id_alive(child));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(killed_with_children_and_reaped),
		cmocka_unit_test(ended_with_children),
		cmocka_unit_test(killed_when_it_does_not_end),
	};

	return cmocka_run_group_tests_name("process_id", tests, NULL, NULL);
}
