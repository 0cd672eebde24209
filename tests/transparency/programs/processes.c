/* SPDX-License-Identifier: MIT */
/*
 * Processes made, replaced, confined and ended in the ways that programs do it.
 *
 *	processes CASE [ARGUMENT...]
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "try.h"

ACTOR(here);

extern char **environ;

static char **rest; /* arguments after the case's name */

static void say_status(const char *what, int status)
{
	if (WIFSIGNALED(status))
		say("%s: signal %d\n", what, WTERMSIG(status));
	else
		say("%s: status %d\n", what, WEXITSTATUS(status));
}

static void wait_for(const char *what, pid_t child)
{
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	say_status(what, status);
}

static char *const act_arguments[] = { (char *)"act", (char *)"open:libleaf.so", (char *)"sym:D:nothing",
				       (char *)"close:1", NULL };

/* --- fork and exec ------------------------------------------------------------------ */

static void fork_and_(int how)
{
	pid_t child = fork();
	if (child == 0) {
		try_all(&here);
		if (how == 0)
			_exit(11);
		if (how == 1)
			exit(12);
		if (how == 2)
			abort();
		execv(beside("act"), act_arguments);
		_exit(13);
	}
	wait_for("child", child);
}

static void forks(void)
{
	try_all(&here);
	for (int how = 0; how < 4; how++)
		fork_and_(how);
	try_all(&here);
}

static void fork_three_deep(void)
{
	for (int depth = 0; depth < 3; depth++) {
		pid_t child = fork();
		if (child != 0) {
			wait_for("child", child);
			try_all(&here);
			exit(depth);
		}
		try_all(&here);
	}
	exit(3);
}

static void vfork_exec(void)
{
	for (volatile int i = 0; i < 3; i++) {
		pid_t child = vfork();
		if (child == 0) {
			if (i == 1)
				_exit(14);
			execv(i == 2 ? "/nowhere/act" : beside("act"), act_arguments);
			_exit(15);
		}
		wait_for("child", child);
	}
	try_all(&here);
}

static void spawn(void)
{
	pid_t child;
	int status = posix_spawn(&child, beside("act"), NULL, NULL, act_arguments, environ);
	wait_for("child", child); /* before a word of our own: the two write to one place */
	say("spawn: %d\n", status);
	say("spawn of what is not there: %d\n", posix_spawn(&child, "/nowhere/act", NULL, NULL, act_arguments, environ));
	say("system: %d\n", system("exit 3"));
	FILE *pipe = popen("$OBJ/act open:libleaf.so", "r");
	char line[4096];
	while (fgets(line, sizeof line, pipe))
		say("from the pipe: %s", line);
	say("pclose: %d\n", pclose(pipe));
	try_all(&here);
}

static int cloned(void *nothing)
{
	try_all(&here);
	return 16;
}

static void clone_(void)
{
	char *stack = malloc(1 << 20);
	wait_for("cloned", clone(cloned, stack + (1 << 20), SIGCHLD, NULL));
	wait_for("cloned, same files", clone(cloned, stack + (1 << 20), SIGCHLD | CLONE_FILES | CLONE_FS, NULL));
	pid_t child = (pid_t)syscall(SYS_fork);
	if (child == 0) {
		try_all(&here);
		_exit(17);
	}
	wait_for("forked by system call", child);
	try_all(&here);
}

/* Parent and daemon take turns, by pipes: the one does not wait for the other. */
static void daemonize(void)
{
	int go[2], done[2];
	char byte;
	if (pipe(go) != 0 || pipe(done) != 0)
		return;
	pid_t child = fork();
	if (child == 0) {
		setsid();
		if (fork() != 0)
			_exit(0);
		close(done[0]);
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		try_all(&here);
		say("daemon works\n");
		_exit(write(done[1], "x", 1) != 1);
	}
	close(done[1]);
	wait_for("first child", child);
	if (write(go[1], "x", 1) == 1)
		say("daemon said %zd, ", read(done[0], &byte, 1));
	say("then %zd\n", read(done[0], &byte, 1));
}

static void exec_itself(void)
{
	try_all(&here);
	execv(beside("act"), act_arguments);
}

static void exec_in_thread_(void)
{
	exec_itself();
}

static void *exec_thread(void *nothing)
{
	exec_in_thread_();
	return NULL;
}

static void exec_in_thread(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, exec_thread, NULL);
	pthread_join(thread, NULL);
}

static void empty_environment(void)
{
	char *none[] = { NULL };
	try_all(&here);
	execve(beside("act"), act_arguments, none);
}

static void exec_given(void)
{
	try_all(&here);
	execvp(rest[0], rest);
	say("exec: errno %d\n", errno);
}

static void spawn_given(void)
{
	pid_t child;
	try_all(&here);
	int status = posix_spawnp(&child, rest[0], NULL, NULL, rest, environ);
	if (status == 0)
		wait_for("child", child);
	say("spawn: %d\n", status);
}

static void *volatile in_child_only;

void hook(const char *name, int begins, const struct actor *self);
void hook(const char *name, int begins, const struct actor *self)
{
	if (begins && strcmp(name, "plugin") == 0) {
		pid_t child = fork();
		if (child == 0) {
			in_child_only = try_open(self, "libsecret.so", RTLD_NOW);
			try_all(&here);
			exit(18);
		}
		wait_for("forked in a constructor", child);
	}
}

static void fork_in_constructor(void)
{
	try_open(&here, beside("libplugin.so"), RTLD_NOW);
	try_open(&here, beside("private/libsecret.so"), RTLD_NOW | RTLD_NOLOAD);
}

/* --- fork while threads load --------------------------------------------------------------- */

static volatile int stop, wrong;

/*
 * What glibc 2.36 lets a fork interrupt.  Objects that come and go it does not: the child
 * may find dl_load_write_lock taken (hang) or r_state inconsistent (assertion).  Nor the
 * search for a bare name: forked between munmap() and "cache = NULL" of
 * _dl_unload_cache() (elf/dl-cache.c), the child's first load unmaps that range again,
 * whatever has been mapped there since.  A third of the children do, without us as well.
 */
static void *load_all_the_time(void *nothing)
{
	while (!stop) {
		void *handle = dlopen("libsilent.so", RTLD_NOW);
		if (!handle || !dlsym(handle, "silent_name") || dlclose(handle) != 0 ||
		    dlopen("./libnowhere.so", RTLD_NOW) || !dlerror())
			wrong++;
	}
	return NULL;
}

static int loads_well(void)
{
	void *handle = dlopen("libonly_silent.so", RTLD_NOW);
	return handle && dlsym(handle, "only_silent_name") && dlclose(handle) == 0 &&
	       !dlsym(RTLD_DEFAULT, "nothing_of_this_name");
}

static void fork_storm(void)
{
	int count = rest[0] ? atoi(rest[0]) : 100, bad = 0;
	pthread_t thread[4];
	void *keep = dlopen("libsilent.so", RTLD_NOW);
	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, load_all_the_time, NULL);
	for (int i = 0; i < count; i++) {
		int status = 0;
		pid_t child = fork();
		if (child == 0) {
			alarm(100);
			_exit(loads_well() ? 0 : 1);
		}
		waitpid(child, &status, 0);
		if (status != 0 && bad++ == 0)
			say_status("first bad child", status);
	}
	stop = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	say("%d children, %d bad, %d wrong in threads, kept %d\n", count, bad, wrong, keep != NULL);
}

/* --- descriptors --------------------------------------------------------------------------------- */

static void say_new_descriptors(const char *when)
{
	int first = open("/dev/null", O_RDONLY), second = dup(first);
	int ends[2] = { -1, -1 };
	int status = pipe(ends);
	say("%s: open gives %d, dup %d, pipe %d: %d %d\n", when, first, second, status, ends[0], ends[1]);
	for (int i = 0; i < 2; i++)
		close(ends[i]);
	say("close %d %d\n", close(second), close(first));
}

static void new_descriptors(void)
{
	say_new_descriptors("at first");
	try_all(&here);
	say_new_descriptors("later");
}

static void after_closing(const char *how)
{
	int null = open("/dev/null", O_RDWR);
	say("%s: next is %d\n", how, null);
	try_all(&here);
	pid_t child = fork();
	if (child == 0) {
		try_all(&here);
		exit(19);
	}
	wait_for("child", child);
}

static void close_each(void)
{
	for (int fd = 3; fd < 1024; fd++)
		if (close(fd) == 0)
			say("closed %d\n", fd);
	after_closing("close");
}

static void close_by_listing(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int own = dirfd(directory);
	for (struct dirent *entry; (entry = readdir(directory));) {
		int fd = atoi(entry->d_name);
		if (fd > 2 && fd != own)
			close(fd);
	}
	closedir(directory);
	after_closing("by listing");
}

static void close_by_range(void)
{
	say("close_range: %d\n", close_range(3, ~0U, 0));
	after_closing("close_range");
}

static void close_by_call(void)
{
	say("close_range by system call: %ld\n", syscall(SYS_close_range, 3, ~0U, 0));
	after_closing("close_range by system call");
}

static void *try_in_thread(void *nothing)
{
	try_all(&here);
	return nothing;
}

static bool same_file(int a, int b)
{
	struct stat one, other;
	return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_ino == other.st_ino &&
	       one.st_dev == other.st_dev;
}

/* What no hook sees: numbers that have another meaning now, and reading from them waits
 * for ever.  libunwind uses its pipe in each thread anew. */
static void take_over_by_call(void)
{
	pthread_t thread;
	static bool taken[1024];
	int ends[2], lost = 0;
	if (pthread_create(&thread, NULL, try_in_thread, NULL) != 0 ||
	    pthread_join(thread, NULL) != 0 || pipe(ends) != 0)
		return;
	for (int fd = ends[1] + 1; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0 && syscall(SYS_dup3, ends[0], fd, O_CLOEXEC) == fd)
			taken[fd] = true;
	say("taken over\n");
	try_all(&here);
	for (int fd = ends[1] + 1; fd < 1024; fd++)
		lost += taken[fd] && !same_file(fd, ends[0]);
	say("closed by somebody else: %d\n", lost);
	for (int fd = ends[1] + 1; fd < 1024; fd++)
		if (taken[fd])
			syscall(SYS_close, fd);
	after_closing("numbers taken over");
}

static void range_on_exec(void)
{
	say("close_range: %d\n", close_range(3, ~0U, CLOSE_RANGE_CLOEXEC));
	after_closing("close_range on exec");
	exec_itself();
}

static void close_from(void)
{
	closefrom(3);
	after_closing("closefrom");
}

/* Shells do this: descriptors of their own choice, whatever was there. */
static void dup_over(void)
{
	int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (int fd = 3; fd < 40; fd++)
		if (fd != file && dup2(file, fd) != fd)
			say("dup2 to %d: errno %d\n", fd, errno);
	for (int i = 0; i < 200; i++)
		if (dlsym(RTLD_DEFAULT, "puts") == NULL)
			say("not found\n");
	try_all(&here);
	for (int fd = 3; fd < 40; fd++)
		if (write(fd, "x", 1) != 1)
			say("write to %d: errno %d\n", fd, errno);
	struct stat status;
	fstat(file, &status);
	say("size %ld\n", (long)status.st_size);
	exec_itself();
}

static void close_standard(void)
{
	close(0);
	close(2);
	try_all(&here);
	int first = open("/dev/null", O_RDWR), second = open("/dev/null", O_RDWR);
	say("got %d and %d\n", first, second);
	exec_itself();
}

static void few_descriptors(void)
{
	struct rlimit limit = { (rlim_t)atoi(rest[0]), (rlim_t)atoi(rest[0]) };
	say("limit: %d\n", setrlimit(RLIMIT_NOFILE, &limit));
	try_all(&here);
	if (rest[1])
		exec_itself();
}

static void until_none_left(void)
{
	struct rlimit limit = { 64, 64 };
	int count = 0;
	setrlimit(RLIMIT_NOFILE, &limit);
	while (open("/dev/null", O_RDONLY) >= 0)
		count++;
	say("opened %d, errno %d\n", count, errno);
	try_all(&here);
	try_sym(&here, RTLD_DEFAULT, "puts");
}

static void little_memory(void)
{
	struct rlimit limit = { (rlim_t)atol(rest[0]) << 20, RLIM_INFINITY };
	say("limit: %d\n", setrlimit(RLIMIT_AS, &limit));
	try_all(&here);
	exec_itself();
}

/* --- confinement ------------------------------------------------------------------------------------- */

static int filter(const struct sock_filter *code, unsigned short length)
{
	const struct sock_fprog program = { length, (struct sock_filter *)code };
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#define REFUSE(number) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/* What a sandbox of a renderer or a service refuses, and LTTng and libunwind use. */
static const struct sock_filter refuse_much[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	REFUSE(SYS_socket), REFUSE(SYS_connect), REFUSE(SYS_sendmsg), REFUSE(SYS_recvmsg), REFUSE(SYS_membarrier),
	REFUSE(SYS_pipe), REFUSE(SYS_pipe2), REFUSE(SYS_getcpu), REFUSE(SYS_getrusage), REFUSE(SYS_clock_gettime),
	REFUSE(SYS_clone3), REFUSE(SYS_gettid), REFUSE(SYS_getpid), REFUSE(SYS_mincore), REFUSE(SYS_msync),
	REFUSE(SYS_process_vm_readv), REFUSE(SYS_readlink), REFUSE(SYS_sched_getaffinity), REFUSE(SYS_rseq),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

/* As container engines do, a program is started under it. */
static const struct sock_filter refuse_some[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	REFUSE(SYS_socket), REFUSE(SYS_connect), REFUSE(SYS_sendmsg), REFUSE(SYS_recvmsg), REFUSE(SYS_membarrier),
	REFUSE(SYS_pipe), REFUSE(SYS_pipe2), REFUSE(SYS_clone3),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static void seccomp(void)
{
	say("filter: %d\n", filter(refuse_much, sizeof refuse_much / sizeof refuse_much[0]));
	try_all(&here);
	void *handle = try_open(&here, beside("libplugin.so"), RTLD_NOW | RTLD_NOLOAD);
	say("none %d\n", handle == NULL);
}

static void seccomp_then_exec(void)
{
	say("filter: %d\n", filter(refuse_some, sizeof refuse_some / sizeof refuse_some[0]));
	exec_itself();
}

static void unshare_user(void)
{
	say("unshare: %d", unshare(CLONE_NEWUSER));
	say(", errno %d\n", errno);
	try_all(&here);
	exec_itself();
}

static void unshare_mount(void)
{
	say("unshare: %d\n", unshare(CLONE_NEWNS));
	say("private: %d\n", mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	say("%s: %d\n", rest[0], mount("none", rest[0], "tmpfs", rest[1] ? MS_RDONLY : 0, NULL));
	try_all(&here);
	exec_itself();
}

static void other_namespaces(void)
{
	say("unshare: %d\n", unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID));
	try_all(&here);
	forks();
}

/* chroot to the real root by another name, so that exec still works */
static void chroot_(void)
{
	say("chroot: %d\n", chroot("/"));
	say("chdir: %d\n", chdir("/"));
	try_all(&here);
	say("chroot to an empty one: %d\n", chroot(rest[0]));
	try_all(&here);
	try_sym(&here, RTLD_DEFAULT, "puts");
}

static void read_only(void)
{
	say("unshare: %d\n", unshare(CLONE_NEWNS));
	say("private: %d\n", mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	say("read only: %d\n", mount("none", "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	say("file: %d", open("/a-file", O_CREAT | O_RDWR, 0600));
	say(", errno %d\n", errno);
	try_all(&here);
	exec_itself();
}

static void ordinary_user(void)
{
	say("gid %d, uid %d\n", setgid(65534), setuid(65534));
	try_all(&here);
	exec_itself();
}

static void killed(void)
{
	try_all(&here);
	raise(rest[0] ? atoi(rest[0]) : SIGKILL);
}

static const struct one_case cases[] = {
	{ "forks", forks },
	{ "fork-three-deep", fork_three_deep },
	{ "vfork-exec", vfork_exec },
	{ "spawn", spawn },
	{ "clone", clone_ },
	{ "daemonize", daemonize },
	{ "exec", exec_itself },
	{ "exec-in-thread", exec_in_thread },
	{ "empty-environment", empty_environment },
	{ "exec-given", exec_given },
	{ "spawn-given", spawn_given },
	{ "fork-in-constructor", fork_in_constructor },
	{ "fork-storm", fork_storm },
	{ "new-descriptors", new_descriptors },
	{ "close-each", close_each },
	{ "close-by-listing", close_by_listing },
	{ "close-range", close_by_range },
	{ "close-range-call", close_by_call },
	{ "take-over-by-call", take_over_by_call },
	{ "close-range-on-exec", range_on_exec },
	{ "closefrom", close_from },
	{ "dup-over", dup_over },
	{ "close-standard", close_standard },
	{ "few-descriptors", few_descriptors },
	{ "until-none-left", until_none_left },
	{ "little-memory", little_memory },
	{ "seccomp", seccomp },
	{ "seccomp-then-exec", seccomp_then_exec },
	{ "unshare-user", unshare_user },
	{ "unshare-mount", unshare_mount },
	{ "other-namespaces", other_namespaces },
	{ "chroot", chroot_ },
	{ "read-only", read_only },
	{ "ordinary-user", ordinary_user },
	{ "killed", killed },
};

int main(int argc, char **argv)
{
	rest = argv + (argc > 1 ? 2 : 1);
	return RUN_CASE(cases, argc, argv);
}
