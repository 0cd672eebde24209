/* SPDX-License-Identifier: MIT */
/*
 * Starting an lttng-sessiond and waiting until it is ready.
 *
 * lttng-sessiond --sig-parent (tools 2.13) sends its parent SIGUSR1 when all of
 * its sockets listen.  The daemon gets a session of its own: Ctrl-C in our
 * terminal must end the program, not the trace.
 */
#include "daemon_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "program.h"
#include "signals.h"

enum { READY_MILLISECONDS = 20000, EXIT_NOT_STARTED = 127 };

int daemon_log_open(void)
{
	return memfd_create("dlscope-daemon-log", MFD_CLOEXEC);
}

bool daemon_log_find(int log_fd, const char *word, char *line, size_t size)
{
	struct stat status;
	char *text, *hit;

	if (log_fd < 0 || fstat(log_fd, &status) < 0 || status.st_size == 0)
		return false;
	text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, log_fd, 0);
	if (text == MAP_FAILED)
		return false;
	hit = memmem(text, (size_t)status.st_size, word, strlen(word));
	if (hit) {
		char *start = memrchr(text, '\n', (size_t)(hit - text));
		char *end = memchr(hit, '\n', (size_t)(text + status.st_size - hit));

		start = start ? start + 1 : text;
		end = end ? end : text + status.st_size;
		snprintf(line, size, "%.*s", (int)(end - start), start);
	}
	munmap(text, (size_t)status.st_size);
	return hit != NULL;
}

struct error *daemon_process_find(char **path)
{
	static const char usual[] = "/usr/bin/lttng-sessiond";
	int status;
	_cleanup_error_ struct error *err = program_find("lttng-sessiond", path, &status);

	if (!err)
		return NULL;
	if (access(usual, X_OK) == 0)
		return (*path = strdup(usual)) ? NULL : error_no_memory();
	return error_create("lttng-sessiond is not installed, install lttng-tools");
}

static void redirect(int log_fd)
{
	int null_fd = open("/dev/null", O_RDWR);

	dup2(null_fd, STDIN_FILENO);
	dup2(log_fd >= 0 ? log_fd : null_fd, STDOUT_FILENO);
	dup2(log_fd >= 0 ? log_fd : null_fd, STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);
}

/* Written by the process itself: when we are killed the next moment, the next recording
 * still finds it. */
static void note_process(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	char text[PROCESS_ID_TEXT_SIZE];

	process_id_format(process_id_of(getpid()), ' ', text);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(EXIT_NOT_STARTED);
	close(fd);
}

static void become_daemon(const char *path, const struct daemon_setting *setting, pid_t owner)
{
	setsid();
	if (setting->note)
		note_process(setting->note);
	if (setting->dies_with_us) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != owner) /* killed before prctl */
			_exit(EXIT_NOT_STARTED);
	}
	redirect(setting->log_fd);
	(void)!chdir("/");
	/* Under another dlscope the daemon itself would be traced. */
	unsetenv("LD_PRELOAD");
	if (setting->lttng_home)
		setenv("LTTNG_HOME", setting->lttng_home, 1);
	signals_restore();
	execl(path, "lttng-sessiond", "--no-kernel", "--sig-parent", (char *)NULL);
	_exit(EXIT_NOT_STARTED);
}

static struct error *start_failed(const struct daemon_setting *setting)
{
	char line[256];

	if (daemon_log_find(setting->log_fd, "Error: ", line, sizeof(line)))
		return error_create("lttng-sessiond does not start: %s", line);
	return error_create("lttng-sessiond does not start");
}

/* Until the daemon is ready, has ended, the time is over or we are to end. */
static struct error *await_ready(pid_t pid, const struct daemon_setting *setting)
{
	siginfo_t info;

	while (signals_wait(&info, READY_MILLISECONDS)) {
		if (info.si_signo == SIGUSR1 && info.si_pid == pid)
			return NULL;
		if (info.si_signo == SIGCHLD && waitpid(pid, NULL, WNOHANG) == pid)
			return start_failed(setting);
		if (signals_asked_to_end())
			return error_create("interrupted");
	}
	return error_create("lttng-sessiond does not become ready within %d s",
			    READY_MILLISECONDS / 1000);
}

struct error *daemon_process_start(const struct daemon_setting *setting, struct process_id *process)
{
	_cleanup_free_ char *path = NULL;
	pid_t owner = getpid(), pid;
	struct error *err;

	RETURN_IF_ERROR(daemon_process_find(&path));
	pid = fork();
	if (pid < 0)
		return error_errno(errno, "cannot start lttng-sessiond");
	if (pid == 0)
		become_daemon(path, setting, owner);
	*process = process_id_of(pid);
	err = await_ready(pid, setting);
	if (err)
		process_id_end(*process, 2);
	return err;
}
