/* SPDX-License-Identifier: MIT */
/*
 * The program that record runs.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "command.h"
#include "files.h"
#include "signals.h"

static int status_of_errno(int error_number)
{
	return error_number == ENOENT || error_number == ENOTDIR ? EXIT_NOT_FOUND
								 : EXIT_NOT_EXECUTABLE;
}

/* 0 when exec may try the file, else why not. */
static int check_executable(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return errno;
	if (S_ISDIR(status.st_mode))
		return EACCES;
	return access(path, X_OK) < 0 ? errno : 0;
}

/* Goes through PATH; a file that may not be executed is remembered, as in sh.  A
 * directory that may not be searched is not: it is common after su. */
static int search_path(const char *name, char **found)
{
	const char *path = getenv("PATH");
	int why = ENOENT;

	for (const char *next = path ? path : "/bin:/usr/bin"; next;) {
		int length = (int)strcspn(next, ":");
		_cleanup_free_ char *candidate = text_format("%.*s/%s", length ? length : 1,
							     length ? next : ".", name);
		int result = candidate ? check_executable(candidate) : ENOMEM;

		if (result == 0) {
			*found = take_ptr(candidate);
			return 0;
		}
		if (result == EACCES && access(candidate, F_OK) == 0)
			why = EACCES;
		next = next[length] ? next + length + 1 : NULL;
	}
	return why;
}

struct error *program_find(const char *name, char **path, int *status)
{
	int why;

	*path = NULL;
	if (*name == '\0')
		why = ENOENT;
	else if (!strchr(name, '/'))
		why = search_path(name, path);
	else if (!(why = check_executable(name)) && !(*path = strdup(name)))
		why = ENOMEM;
	if (!why)
		return NULL;
	*status = status_of_errno(why);
	return error_errno(why, "cannot run '%s'", name);
}

static void exec_or_tell(char *const *argv, char *const *environment, int tell_fd)
{
	int why;

	signals_restore();
	execvpe(argv[0], argv, environment);
	why = errno;
	(void)!write(tell_fd, &why, sizeof(why));
	_exit(EXIT_OWN_FAILURE);
}

struct error *program_start(char *const *argv, char *const *environment, pid_t *pid, int *status)
{
	_cleanup_close_ int hear = -1, tell = -1;
	int pipe_fds[2], why = 0;

	*status = EXIT_OWN_FAILURE;
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return error_errno(errno, "cannot make a pipe");
	hear = pipe_fds[0];
	tell = pipe_fds[1];
	*pid = fork();
	if (*pid < 0)
		return error_errno(errno, "cannot start a process");
	if (*pid == 0)
		exec_or_tell(argv, environment, tell);
	close(tell);
	tell = -1;
	/* Close-on-exec closes the pipe when exec has succeeded. */
	if (read(hear, &why, sizeof(why)) <= 0)
		return NULL;
	waitpid(*pid, NULL, 0);
	*status = status_of_errno(why);
	return error_errno(why, "cannot run '%s'", argv[0]);
}

struct error *program_become(char *const *argv, int *status)
{
	signals_restore();
	execvp(argv[0], argv);
	*status = status_of_errno(errno);
	return error_errno(errno, "cannot run '%s'", argv[0]);
}

/* True when the program has ended.  When it was stopped (Ctrl-Z), we stop too:
 * the shell waits for us, not for the program. */
static bool check_program(pid_t pid, struct program_end *end)
{
	siginfo_t info = { 0 };

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOHANG) == 0 && info.si_pid) {
		switch (info.si_code) {
		case CLD_EXITED: *end = (struct program_end){ false, info.si_status }; return true;
		case CLD_KILLED:
		case CLD_DUMPED: *end = (struct program_end){ true, info.si_status }; return true;
		case CLD_STOPPED: kill(getpid(), SIGSTOP); break;
		default: /* traced by us: cannot be */ break;
		}
		info.si_pid = 0;
	}
	return false;
}

struct program_end program_wait(pid_t pid)
{
	struct program_end end = { false, EXIT_OWN_FAILURE };
	siginfo_t info;

	while (!check_program(pid, &end))
		if (signals_wait(&info, -1))
			signals_forward(&info, pid);
	return end;
}

int program_mimic(const struct program_end *end)
{
	return end->signalled ? signals_die_of(end->value) : end->value;
}
