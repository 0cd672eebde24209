/* SPDX-License-Identifier: MIT */
/*
 * The process is forked off, serves until its socket is closed, and is limited: in
 * memory, and in CPU time for each object (not in time, because a slow disk or
 * server is no fault of the file).
 */
#include "symbol_helper.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

enum { PATIENCE_S = 20 };

/* ASan maps terabytes. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const rlim_t memory_max = RLIM_INFINITY;
#else
static const rlim_t memory_max = (rlim_t)4 << 30;
#endif

struct symbol_helper {
	const struct symbol_search *search;
	pid_t pid;  /* 0: not running */
	int socket; /* -1 likewise */
};

/* --- in the process ------------------------------------------------------------------- */

static void limit_time(void)
{
	struct itimerval timer = { .it_value.tv_sec = PATIENCE_S };

	setitimer(ITIMER_PROF, &timer, NULL);
}

static void put_places(struct message *reply, uint64_t offset, const GArray *places)
{
	guint i;

	message_put_number(reply, offset);
	message_put_number(reply, places->len);
	for (i = 0; i < places->len; i++) {
		const struct code_place *place = &g_array_index(places, struct code_place, i);

		message_put_text(reply, place->function);
		message_put_text(reply, place->file);
		message_put_number(reply, (uint64_t)place->line << 1 | place->inlined);
	}
}

static void answer_all(struct symbol_file *file, struct message *request, struct message *reply)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(struct code_place));
	uint64_t count = message_take_number(request);

	while (count-- > 0) {
		uint64_t offset = message_take_number(request);

		g_array_set_size(places, 0);
		symbol_file_places(file, offset, places);
		put_places(reply, offset, places);
	}
}

static void answer(const struct symbol_search *search, struct message *request,
		   struct message *reply)
{
	_cleanup_(cleanup_symbol_file_close) struct symbol_file *file = NULL;
	g_autofree char *reason = NULL;
	struct symbol_source source;
	enum symbol_status status;

	source.path = message_take_text(request);
	source.build_id = message_take_text(request);
	source.size = message_take_number(request);
	source.mtime_ns = (int64_t)message_take_number(request);
	status = symbol_file_open(search, &source, &file, &reason);
	g_byte_array_set_size(reply->bytes, 0);
	message_put_number(reply, status);
	message_put_text(reply, reason);
	if (status == SYMBOLS_USABLE)
		answer_all(file, request, reply);
}

/* Signals mean here what they mean to any program: read_guard.h has changed that. */
static void become_helper(const struct symbol_search *search)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF };
	struct rlimit no_core = { 0, 0 }, memory = { memory_max, memory_max };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(deadly); i++)
		signal(deadly[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &no_core);
	if (memory_max != RLIM_INFINITY)
		setrlimit(RLIMIT_AS, &memory);
	if (!search->debuginfod)
		unsetenv("DEBUGINFOD_URLS"); /* libdwfl asks whoever it names */
}

static _Noreturn void serve(const struct symbol_search *search, int socket)
{
	struct message request, reply;

	become_helper(search);
	message_init(&request);
	message_init(&reply);
	do {
		if (!message_receive(&request, socket))
			break;
		limit_time();
		answer(search, &request, &reply);
	} while (message_send(&reply, socket));
	_exit(0);
}

/* --- on the side of the report --------------------------------------------------------- */

struct symbol_helper *symbol_helper_create(const struct symbol_search *search)
{
	struct symbol_helper *helper = g_new0(struct symbol_helper, 1);

	helper->search = search;
	helper->socket = -1;
	return helper;
}

/* Its wait status. */
static int stop(struct symbol_helper *helper)
{
	int status = 0;

	if (helper->socket >= 0)
		close(helper->socket);
	if (helper->pid)
		waitpid(helper->pid, &status, 0);
	helper->socket = -1;
	helper->pid = 0;
	return status;
}

void symbol_helper_free(struct symbol_helper *helper)
{
	stop(helper);
	g_free(helper);
}

static bool start(struct symbol_helper *helper)
{
	int sockets[2];

	if (helper->pid)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return false;
	helper->pid = fork();
	if (helper->pid == 0) {
		close(sockets[0]);
		serve(helper->search, sockets[1]);
	}
	close(sockets[1]);
	helper->socket = sockets[0];
	if (helper->pid > 0)
		return true;
	helper->pid = 0;
	stop(helper);
	return false;
}

static void put_request(struct message *request, const struct symbol_source *source,
			const uint64_t *offsets, guint count)
{
	guint i;

	message_put_text(request, source->path);
	message_put_text(request, source->build_id);
	message_put_number(request, source->size);
	message_put_number(request, (uint64_t)source->mtime_ns);
	message_put_number(request, count);
	for (i = 0; i < count; i++)
		message_put_number(request, offsets[i]);
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static void take_places(struct message *reply, GArray *places)
{
	uint64_t count = message_take_number(reply);

	g_array_set_size(places, 0);
	while (count-- > 0 && reply->at < reply->bytes->len) {
		const char *function = message_take_text(reply), *file = message_take_text(reply);
		uint64_t line = message_take_number(reply);
		struct code_place place = { text_or_null(function), text_or_null(file),
					    (uint32_t)(line >> 1), line & 1 };

		g_array_append_val(places, place);
	}
}

static enum symbol_status take_reply(struct message *reply, symbol_answer *take, void *data,
				     char **reason)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(struct code_place));
	enum symbol_status status = (enum symbol_status)message_take_number(reply);

	*reason = g_strdup(message_take_text(reply));
	while (reply->at < reply->bytes->len) {
		uint64_t offset = message_take_number(reply);

		take_places(reply, places);
		take(offset, (const struct code_place *)places->data, places->len, data);
	}
	return status;
}

/* It died of the file. */
static enum symbol_status bury(struct symbol_helper *helper, char **reason)
{
	int status = stop(helper);

	*reason = g_strdup(WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF
				   ? "libdw does not get on with it"
				   : "libdw dies of it");
	return SYMBOLS_DAMAGED;
}

enum symbol_status symbol_helper_ask(struct symbol_helper *helper,
				     const struct symbol_source *source, const uint64_t *offsets,
				     guint count, symbol_answer *take, void *data, char **reason)
{
	struct message message;
	enum symbol_status status;

	if (!start(helper)) {
		*reason = g_strdup("no process can be started to read it");
		return SYMBOLS_UNREADABLE;
	}
	message_init(&message);
	put_request(&message, source, offsets, count);
	if (message_send(&message, helper->socket) && message_receive(&message, helper->socket))
		status = take_reply(&message, take, data, reason);
	else
		status = bury(helper, reason);
	message_clear(&message);
	return status;
}
