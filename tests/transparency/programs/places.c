/* SPDX-License-Identifier: MIT */
/*
 * The calls under test from places where programs make them all the same.
 *
 *	places CASE
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "try.h"

ACTOR(here);

static const char *begin_of, *end_of; /* objects in whose constructor, destructor ... */
static void (*at_begin)(const struct actor *), (*at_end)(const struct actor *); /* ... this happens */

void hook(const char *name, int begins, const struct actor *self);
void hook(const char *name, int begins, const struct actor *self)
{
	if (begins && begin_of && strcmp(name, begin_of) == 0)
		at_begin(self);
	if (!begins && end_of && strcmp(name, end_of) == 0)
		at_end(self);
}

/* --- constructors and destructors ------------------------------------------------- */

static void in_constructor(void (*what)(const struct actor *))
{
	begin_of = "plugin";
	at_begin = what;
	void *handle = try_open(&here, beside("libplugin.so"), RTLD_NOW);
	if (handle)
		try_close(handle);
	try_open(&here, beside("libplugin.so"), RTLD_NOW | RTLD_NOLOAD);
}

static void open_secret(const struct actor *self)
{
	void *handle = try_open(self, "libsecret.so", RTLD_NOW);
	if (handle)
		try_sym(self, handle, "secret_name");
	try_open(&here, "libsecret.so", RTLD_NOW);
	try_open(&here, "libonly.so", RTLD_NOW);
}

static void constructor_opens(void)
{
	in_constructor(open_secret);
}

static void look_up(const struct actor *self)
{
	try_sym(self, RTLD_DEFAULT, "plugin_name");
	try_sym(self, RTLD_NEXT, "puts");
	try_sym(self, RTLD_NEXT, "plugin_name");
	try_sym(&here, RTLD_DEFAULT, "plugin_name");
}

static void constructor_looks_up(void)
{
	in_constructor(look_up);
}

static void leave_error(const struct actor *self)
{
	self->open("libnowhere.so", RTLD_NOW);
}

static void constructor_leaves_error(void)
{
	begin_of = "plugin";
	at_begin = leave_error;
	void *handle = dlopen(beside("libplugin.so"), RTLD_NOW);
	const char *error = dlerror();
	say("%s, error %s\n", handle ? "handle" : "null", error ? error : "none");
}

static void open_itself(const struct actor *self)
{
	void *handle = try_open(self, beside("libplugin.so"), RTLD_NOW);
	try_close(handle);
}

static void constructor_opens_itself(void)
{
	in_constructor(open_itself);
}

static int depth;

static void open_next(const struct actor *self)
{
	static const char *const names[] = { "nest2", "nest3", "nest4", "nest5" };
	char path[64];
	if (depth == 4) {
		observe_objects();
		try_open(self, "libnowhere.so", RTLD_NOW);
		try_sym(self, RTLD_DEFAULT, "nest5_name");
		return;
	}
	begin_of = names[depth++];
	snprintf(path, sizeof path, "lib%s.so", begin_of);
	try_open(self, path, RTLD_NOW);
	try_sym(self, RTLD_DEFAULT, "nothing");
}

static void five_deep(void)
{
	begin_of = "nest1";
	at_begin = open_next;
	void *handle = try_open(&here, beside("nest/libnest1.so"), RTLD_NOW);
	observe_objects();
	try_close(handle);
	observe_objects();
}

static void *to_close;

static void close_other(const struct actor *self)
{
	try_close(to_close);
	try_open(self, "libsecret.so", RTLD_NOW);
	try_sym(self, RTLD_DEFAULT, "plugin_name");
}

static void in_destructor(const char *name, void (*what)(const struct actor *))
{
	end_of = name;
	at_end = what;
}

static void destructor_closes(void)
{
	in_destructor("plugin", close_other);
	to_close = try_open(&here, beside("libplugin2.so"), RTLD_NOW);
	try_close(try_open(&here, beside("libplugin.so"), RTLD_NOW));
	observe_objects();
}

static void destructor_at_exit(void)
{
	in_destructor("plugin", close_other);
	to_close = try_open(&here, beside("libplugin2.so"), RTLD_NOW);
	try_open(&here, beside("libplugin.so"), RTLD_NOW);
	exit(5);
}

/* --- the program's own beginning and end --------------------------------------------- */

static int wants_early(const char *where)
{
	const char *asked = getenv("PLACES_EARLY");
	return asked && strcmp(asked, where) == 0;
}

static void preinit(int argc, char **argv, char **env)
{
	if (wants_early("preinit"))
		try_all(&here);
}

__attribute__((section(".preinit_array"), used)) static void (*preinit_entry)(int, char **, char **) = preinit;

__attribute__((constructor(101))) static void first_constructor(void)
{
	if (wants_early("constructor"))
		try_all(&here);
}

__attribute__((destructor(101))) static void last_destructor(void)
{
	if (wants_early("destructor"))
		try_all(&here);
}

static void early(void)
{
	say("main\n");
	try_all(&here);
}

static void all_here(void)
{
	try_all(&here);
}

static void at_exit(void)
{
	atexit(all_here);
	try_open(&here, beside("libplugin.so"), RTLD_NOW);
	atexit(all_here);
	exit(6);
}

static void at_quick_exit_(void)
{
	at_quick_exit(all_here);
	quick_exit(7);
}

/* --- threads ----------------------------------------------------------------------------- */

static void *thread_all(void *nothing)
{
	try_all(&here);
	return NULL;
}

static void in_thread(void *(*function)(void *), size_t stack)
{
	pthread_attr_t attributes;
	pthread_t thread;
	pthread_attr_init(&attributes);
	if (stack)
		pthread_attr_setstacksize(&attributes, stack);
	int status = pthread_create(&thread, &attributes, function, NULL);
	void *result = NULL;
	if (status == 0)
		pthread_join(thread, &result);
	say("thread: create %d, %s\n", status, result == PTHREAD_CANCELED ? "cancelled" : "returned");
}

static void thread_(void)
{
	in_thread(thread_all, 0);
}

/* As small as glibc's dlopen needs; the shim must not need more. */
static void small_stack(void)
{
	in_thread(thread_all, 32768);
}

static void smallest_stack(void)
{
	in_thread(thread_all, 16384);
}

static void say_pending(const char *what)
{
	const char *error = dlerror();
	say("%s: error %s\n", what, error ? error : "none");
}

static void *thread_fails(void *nothing)
{
	say_pending("in another thread");
	dlopen("libother.so", RTLD_NOW);
	say_pending("its own");
	dlopen("libthird.so", RTLD_NOW);
	return NULL;
}

static void errors_per_thread(void)
{
	dlopen("libnowhere.so", RTLD_NOW);
	in_thread(thread_fails, 0);
	say_pending("of this thread");
	const char *text = (dlopen("libnowhere.so", RTLD_NOW), dlerror());
	in_thread(thread_fails, 0);
	say("its text stays: %s\n", text);
}

static void key_destructor(void *value)
{
	try_all(&here);
}

static void *thread_with_key(void *nothing)
{
	pthread_key_t key;
	pthread_key_create(&key, key_destructor);
	pthread_setspecific(key, &here);
	try_all(&here);
	return NULL;
}

static void key_destructor_(void)
{
	in_thread(thread_with_key, 0);
}

/* The key exists before the tracer's own: its destructor may run first or last. */
static void *thread_many_keys(void *nothing)
{
	for (int i = 0; i < 20; i++) {
		pthread_key_t key;
		pthread_key_create(&key, i % 10 ? NULL : key_destructor);
		pthread_setspecific(key, &here);
	}
	return NULL;
}

static void many_keys(void)
{
	in_thread(thread_many_keys, 0);
}

static void cancelled(void *nothing)
{
	try_all(&here);
}

static void *thread_cancelled(void *nothing)
{
	pthread_cleanup_push(cancelled, NULL);
	pthread_cancel(pthread_self());
	try_all(&here);
	pthread_testcancel();
	say("not reached\n");
	pthread_cleanup_pop(0);
	return NULL;
}

static void cancellation(void)
{
	in_thread(thread_cancelled, 0);
}

static void cancel_point(const struct actor *self)
{
	int old;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_cancel(pthread_self());
	try_open(self, "libsecret.so", RTLD_NOW);
	pthread_testcancel();
	say("still here, state was %d\n", old);
	pthread_setcancelstate(old, NULL);
}

static void *thread_cancelled_inside(void *nothing)
{
	in_constructor(cancel_point);
	pthread_testcancel();
	return NULL;
}

static void cancellation_in_constructor(void)
{
	in_thread(thread_cancelled_inside, 0);
}

static void leave_thread(const struct actor *self)
{
	pthread_exit(NULL);
}

static void *thread_left_inside(void *nothing)
{
	in_constructor(leave_thread);
	return NULL;
}

/* The loader's lock stays taken, with and without us: nothing but _exit is left. */
static void thread_exit_in_constructor(void)
{
	in_thread(thread_left_inside, 0);
	_exit(8);
}

static pthread_t main_thread;

static void *thread_outlives_main(void *nothing)
{
	pthread_join(main_thread, NULL);
	try_all(&here);
	exit(9);
}

static void main_thread_exits(void)
{
	pthread_t thread;
	main_thread = pthread_self();
	pthread_create(&thread, NULL, thread_outlives_main, NULL);
	pthread_exit(NULL);
}

static void *thread_returns_last(void *nothing)
{
	pthread_join(main_thread, NULL);
	try_all(&here);
	return NULL;
}

/* The process ends with its last thread, and with status 0. */
static void last_thread_returns(void)
{
	pthread_t thread;
	main_thread = pthread_self();
	pthread_create(&thread, NULL, thread_returns_last, NULL);
	pthread_exit(NULL);
}

/* --- signals ------------------------------------------------------------------------------- */

static void on_signal(int number)
{
	int saved_errno = errno;
	try_all(&here);
	errno = saved_errno;
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	sigaction(number, &action, NULL);
}

static void signal_handler(void)
{
	handle(SIGUSR1, on_signal, 0);
	raise(SIGUSR1);
	observe_signals();
}

static void alternate_stack(void)
{
	stack_t stack = { .ss_size = 65536, .ss_sp = malloc(65536) };
	sigaltstack(&stack, NULL);
	handle(SIGUSR1, on_signal, SA_ONSTACK);
	raise(SIGUSR1);
	observe_signals();
}

static void raise_signal(const struct actor *self)
{
	raise(SIGUSR1);
}

static void signal_in_constructor(void)
{
	stack_t stack = { .ss_size = 65536, .ss_sp = malloc(65536) };
	sigaltstack(&stack, NULL);
	handle(SIGUSR1, on_signal, SA_ONSTACK);
	in_constructor(raise_signal);
}

static sigjmp_buf jump;

static void jump_out(int number)
{
	siglongjmp(jump, 1);
}

static void signal_jumps_out(void)
{
	handle(SIGUSR1, jump_out, 0);
	for (int i = 0; i < 3; i++) {
		if (sigsetjmp(jump, 1) == 0)
			in_constructor(raise_signal);
		say("jumped\n");
		try_sym(&here, RTLD_DEFAULT, "nothing");
	}
	try_all(&here);
	observe_signals();
}

static volatile sig_atomic_t ticks;
static volatile int wrong;

/* Interrupts whatever is going on.  It cannot load: glibc's own dlsym() hangs when it
 * interrupts another (2.36: the loader's lock while it is being released). */
static void on_tick(int number)
{
	int saved_errno = errno;
	ticks++;
	errno = ENOTTY;
	errno = saved_errno;
}

static void signals_all_the_time(void)
{
	handle(SIGPROF, on_tick, SA_RESTART);
	pid_t parent = getpid(), child = fork();
	if (child == 0)
		for (;;) {
			usleep(200);
			if (kill(parent, SIGPROF) != 0)
				_exit(0);
		}
	for (int i = 0; i < 3000 || ticks < 200; i++) {
		void *handle = dlopen("libsilent.so", RTLD_NOW);
		if (!handle || !dlsym(handle, "who") || dlclose(handle) != 0)
			wrong++;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	say("wrong %d\n", wrong);
}

/* --- other stacks --------------------------------------------------------------------------- */

static ucontext_t main_context, other_context;

static void switch_back(const struct actor *self)
{
	try_open(self, "libsecret.so", RTLD_NOW);
	swapcontext(&other_context, &main_context);
	try_open(self, "libdeep.so", RTLD_NOW);
}

static void on_other_stack(void)
{
	in_constructor(switch_back);
}

/* A coroutine is left in the middle of a constructor, and entered again. */
static void coroutine(void)
{
	getcontext(&other_context);
	other_context.uc_stack.ss_size = 262144;
	other_context.uc_stack.ss_sp = malloc(262144);
	other_context.uc_link = &main_context;
	makecontext(&other_context, on_other_stack, 0);
	swapcontext(&main_context, &other_context);
	say("back for a while\n");
	try_all(&here);
	swapcontext(&main_context, &other_context);
	say("back for good\n");
	try_all(&here);
}

static void fork_handler(void)
{
	try_all(&here);
}

/* When the child is done, so that the two do not write at once. */
static void fork_handler_in_parent(void)
{
	siginfo_t info;
	waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
	try_all(&here);
}

static void in_fork_handlers(void)
{
	int status;
	pthread_atfork(fork_handler, fork_handler_in_parent, fork_handler);
	pid_t child = fork();
	if (child == 0)
		exit(3);
	waitpid(child, &status, 0);
	say("status %d\n", WEXITSTATUS(status));
}

static const struct one_case cases[] = {
	{ "constructor-opens", constructor_opens },
	{ "constructor-looks-up", constructor_looks_up },
	{ "constructor-leaves-error", constructor_leaves_error },
	{ "constructor-opens-itself", constructor_opens_itself },
	{ "five-deep", five_deep },
	{ "destructor-closes", destructor_closes },
	{ "destructor-at-exit", destructor_at_exit },
	{ "early", early },
	{ "atexit", at_exit },
	{ "at-quick-exit", at_quick_exit_ },
	{ "thread", thread_ },
	{ "errors-per-thread", errors_per_thread },
	{ "small-stack", small_stack },
	{ "smallest-stack", smallest_stack },
	{ "key-destructor", key_destructor_ },
	{ "many-keys", many_keys },
	{ "cancellation", cancellation },
	{ "cancellation-in-constructor", cancellation_in_constructor },
	{ "thread-exit-in-constructor", thread_exit_in_constructor },
	{ "main-thread-exits", main_thread_exits },
	{ "last-thread-returns", last_thread_returns },
	{ "signal", signal_handler },
	{ "alternate-stack", alternate_stack },
	{ "signal-in-constructor", signal_in_constructor },
	{ "signal-jumps-out", signal_jumps_out },
	{ "signals-all-the-time", signals_all_the_time },
	{ "coroutine", coroutine },
	{ "fork-handlers", in_fork_handlers },
};

int main(int argc, char **argv)
{
	return RUN_CASE(cases, argc, argv);
}
