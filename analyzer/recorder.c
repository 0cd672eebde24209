/* SPDX-License-Identifier: MIT */
/*
 * Runs a program and records it.
 *
 * Trouble is of two kinds.  When the command line asks for what cannot be (no
 * such program, a directory that may not be written or replaced), the program
 * does not run.  When tracing does not work here (no LTTng, no shared memory,
 * disk full), the program matters more: it runs all the same, untraced.
 */
#include "recorder.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "command.h"
#include "daemon_process.h"
#include "live_pids.h"
#include "preload.h"
#include "recording.h"
#include "rescue.h"
#include "session.h"
#include "session_daemon.h"
#include "signals.h"
#include "user_rules.h"
#include "wait_memory.h"

struct recorder {
	const struct options *options;
	const char *directory;
	char *ld_preload;
	struct session_daemon *daemon;
	struct recording *recording;
	bool session_started;
	bool held_up; /* events are missing that a killed process held up */
	bool refused; /* the error is the user's to mend: do not run the program */
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A number for the recording that no other recording of this machine has now. */
static uint32_t run_number(const struct session_daemon *daemon)
{
	/* FNV-1a of the session's name, which is pid and start time. */
	uint32_t hash = 2166136261u;

	for (const char *c = daemon->session_name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash ? hash : 1;
}

static struct error *start_session(struct recorder *recorder)
{
	struct session_plan plan = {
		.name = recorder->daemon->session_name,
		.output = recorder->recording->growing,
		/* Only in a shared daemon do other recordings' programs register. */
		.run = recorder->daemon->shared ? run_number(recorder->daemon) : 0,
	};

	RETURN_IF_ERROR(buffers_plan(&plan.buffers));
	if (plan.buffers.reduced)
		fprintf(stderr, "dlscope: shared memory is short, buffers are small and events "
				"may be lost\n");
	RETURN_IF_ERROR(session_start(&plan));
	recorder->session_started = true;
	return NULL;
}

/* Where the program runs, and where it changes to, the name must mean the same. */
static struct error *check_rules(const char *path)
{
	_cleanup_free_ char *absolute = realpath(path, NULL);

	RETURN_IF_ERROR(user_rules_read(absolute ? absolute : path));
	if (setenv(USER_RULES_VARIABLE, absolute, 1) < 0)
		return error_no_memory();
	return NULL;
}

/* The user's own rules: those with a mistake are told of once, here, and are not used. */
static struct error *take_rules(const struct recorder *recorder)
{
	const char *path = getenv(USER_RULES_VARIABLE);
	struct error *err = path && *path ? check_rules(path) : NULL;

	if (!err || recorder->options->strict)
		return err;
	error_report(error_context(err, "recording without the rules of %s", USER_RULES_VARIABLE));
	unsetenv(USER_RULES_VARIABLE);
	return NULL;
}

static struct error *keep_rules(const struct recorder *recorder)
{
	const char *path = getenv(USER_RULES_VARIABLE);

	return path && *path ? user_rules_keep(path, recorder->recording->growing) : NULL;
}

static struct error *set_up(struct recorder *recorder)
{
	bool full = false;
	struct error *err = take_rules(recorder);

	if (err) {
		recorder->refused = true;
		return err;
	}

	err = recording_create(recorder->directory, recorder->options->command,
			       &recorder->recording, &full);
	if (err) {
		recorder->refused = !full;
		return err;
	}
	RETURN_IF_ERROR(keep_rules(recorder));
	RETURN_IF_ERROR(preload_find(&recorder->ld_preload));
	RETURN_IF_ERROR(session_daemon_acquire(&recorder->daemon));
	return start_session(recorder);
}

static struct error *start_program(struct recorder *recorder, pid_t *pid, int *status)
{
	struct preload_settings settings = {
		.lttng_home = recorder->daemon->lttng_home,
		.run = run_number(recorder->daemon),
		.daemon = session_daemon_pid(recorder->daemon),
		.triggers = session_daemon_has_triggers(recorder->daemon),
		.stack = recorder->options->stack,
		.crash = recorder->options->crash,
	};
	char **environment;
	struct error *err;

	*status = EXIT_OWN_FAILURE;
	RETURN_IF_ERROR(preload_environment(recorder->ld_preload, &settings, &environment));
	err = program_start(recorder->options->command, environment, pid, status);
	preload_environment_free(environment);
	return err;
}

/* Says what the trace lacks, once, the gravest first; true when nothing. */
static bool tell_what_is_missing(struct recorder *recorder, struct error *err)
{
	struct recording *recording = recorder->recording;
	const char *path = recording->path;
	char line[256];

	if (recording_disk_is_full(recording) ||
	    daemon_log_find(recorder->daemon->log_fd, "No space left", line, sizeof(line))) {
		error_free(err);
		fprintf(stderr,
			"dlscope: the disk is full and the trace in %s is incomplete, "
			"free some space or choose another place with -o\n",
			path);
		return false;
	}
	if (err) {
		error_report(error_context(err, "the trace in %s is incomplete", path));
		return false;
	}
	if (recorder->held_up) {
		fprintf(stderr,
			"dlscope: a process was killed while it wrote an event, which "
			"held up others: some are missing in %s\n",
			path);
		return false;
	}
	if (recording->lost_events)
		fprintf(stderr,
			"dlscope: %llu events were lost because they came faster than "
			"they could be written\n",
			(unsigned long long)recording->lost_events);
	if (!recording_has_events(recording))
		fprintf(stderr,
			"dlscope: nothing was recorded: %s is linked statically, gains "
			"privileges, drops LD_PRELOAD, or LTTng failed; "
			"dlscope doctor -- %s tells which\n",
			recording->command[0], recording->command[0]);
	return true;
}

static void finish_session(struct recorder *recorder)
{
	struct recording *recording = recorder->recording;
	struct error *err;

	err = session_stop(recorder->daemon->session_name, &recording->lost_events);
	if (!err && !rescue_held_up(recording->path, run_number(recorder->daemon)))
		recorder->held_up = true;
	if (!err)
		err = session_destroy(recorder->daemon->session_name);
	recorder->session_started = false;
	recording->complete = tell_what_is_missing(recorder, err);
	err = recording_write_marker(recording);
	/* The full disk has been told already. */
	if (err && recording->complete)
		error_report(err);
	else
		error_free(err);
}

static void clean_up(struct recorder *recorder)
{
	uint64_t lost;

	if (recorder->session_started)
		error_free(session_stop(recorder->daemon->session_name, &lost));
	if (recorder->session_started)
		error_free(session_destroy(recorder->daemon->session_name));
	if (recorder->recording)
		recording_close(recorder->recording);
	if (recorder->daemon)
		session_daemon_release(recorder->daemon);
	free(recorder->ld_preload);
	wait_memory_sweep();
}

/* The program could not be traced: runs it all the same unless it must not. */
static int run_untraced(struct recorder *recorder, struct error *err)
{
	const struct options *options = recorder->options;
	bool refused = recorder->refused;
	int asked = signals_asked_to_end(), status;

	clean_up(recorder);
	if (asked) {
		error_free(err);
		return signals_die_of(asked);
	}
	if (refused || options->strict) {
		error_report(err);
		return EXIT_OWN_FAILURE;
	}
	error_report(error_context(err, "%s runs untraced", options->command[0]));
	err = program_become(options->command, &status);
	error_report(err);
	return status;
}

static void record_program(struct recorder *recorder, pid_t pid, struct recorder_result *result)
{
	struct recording *recording = recorder->recording;
	struct error *err;

	recording->pid = pid;
	err = recording_commit(recording);
	if (err) {
		/* The place was taken in the meantime; keep what we have. */
		error_report(error_context(err, "the trace stays in %s", recording->growing));
		free(recording->path);
		recording->path = take_ptr(recording->growing);
	}
	error_free(recording_write_marker(recording)); /* written again at the end */
	recording->end = program_wait(pid);
	recording->ended = true;
	recording->end_ns = now_ns();
	recording->live_count = live_pids_find(run_number(recorder->daemon), recording->live_pids,
					       RECORDING_LIVE_MAX);
	finish_session(recorder);
	result->end = recording->end;
	result->recorded = recording_has_events(recording);
	if (recorder->options->strict && !recording->complete)
		result->end = (struct program_end){ false, EXIT_OWN_FAILURE };
}

void recorder_run(const struct options *options, const char *directory,
		  struct recorder_result *result)
{
	struct recorder recorder = { .options = options, .directory = directory };
	_cleanup_free_ char *path = NULL;
	struct error *err;
	int status;
	pid_t pid;

	*result = (struct recorder_result){ .recorded = false };
	err = program_find(options->command[0], &path, &status);
	if (err) {
		error_report(err);
		result->end.value = status;
		return;
	}
	wait_memory_note();
	signals_take_over();
	err = set_up(&recorder);
	if (err || signals_asked_to_end()) {
		result->end.value = run_untraced(&recorder, err);
		return;
	}
	recorder.recording->begin_ns = now_ns();
	err = start_program(&recorder, &pid, &status);
	if (err) {
		error_report(err);
		result->end.value = status;
	} else {
		record_program(&recorder, pid, result);
	}
	clean_up(&recorder);
}
