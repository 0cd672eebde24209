/* SPDX-License-Identifier: MIT */
/*
 * doctor: the session daemon, and whether the parts of LTTng fit each other.
 */
#include "doctor.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lttng/lttng.h>

#include "child_output.h"
#include "cleanup.h"
#include "daemon_process.h"
#include "deadline.h"
#include "file_holds.h"
#include "files.h"
#include "loaded_list.h"

/* Programs look for the daemon's socket by this name; the number is the version
 * of what they say there (lttng-ust 2.13: 8). */
#define SOCKET_NAME "lttng-ust-sock-"

/* Of the machine's daemon (lttng-tools 2.13). */
#define PID_FILE      "/var/run/lttng/lttng-sessiond.pid"
#define TRACING_GROUP "tracing"

enum { VERSION_SECONDS = 10, ANSWER_SECONDS = 5 };

/* --- its version ----------------------------------------------------------------- */

/* "2.13" of "2.13.9". */
static char *release_of(const char *version)
{
	const char *minor = strchr(version, '.');
	size_t length = minor ? (size_t)(minor - version) + 1 : 0;

	return g_strndup(version, length + strspn(version + length, "0123456789"));
}

static char *ask_version(const char *path)
{
	const char *argv[] = { path, "--version", NULL };
	/* It wants a home directory even for that (lttng-tools 2.13). */
	const struct child_plan plan = { path,		 argv,		NULL,
					 "LTTNG_HOME=/", STDOUT_FILENO, VERSION_SECONDS };
	struct child_output output = { 0, NULL };
	_cleanup_error_ struct error *err = child_output_read(&plan, &output);

	if (err)
		return g_strdup(error_message(err));
	output.text[strcspn(output.text, "\n")] = '\0';
	return output.text;
}

static void check_version(struct doctor *doctor, const char *path)
{
	g_autofree char *version = ask_version(path);
	g_autofree char *release = release_of(version);
	g_autofree char *built = release_of(LTTNG_CTL_VERSION);

	g_ptr_array_add(doctor->versions,
			g_strdup_printf("lttng-sessiond %s", *version ? version : "unknown"));
	if (strcmp(release, built) == 0)
		doctor_pass(doctor, CHECK_daemon_version,
			    "%s --version says %s, as liblttng-ctl " LTTNG_CTL_VERSION, path,
			    version);
	else
		doctor_find(doctor, CHECK_daemon_version,
			    "%s --version says \"%s\", dlscope was "
			    "built with liblttng-ctl " LTTNG_CTL_VERSION,
			    path, version);
}

/* --- the socket where programs and daemon meet -------------------------------------- */

static char *find_ust(const struct doctor *doctor)
{
	g_autofree char *provider = g_build_filename(doctor->directory, "libdlscope-lttng.so",
						     NULL);
	const char *loader = loaded_list_own_loader();
	struct loaded_list list = { NULL, NULL };
	char *path;

	/* doctor_libraries() has told what is wrong with it */
	if (loader)
		error_free(loaded_list_read(loader, provider, &list));
	path = g_strdup(loaded_list_find(&list, "liblttng-ust.so.1"));
	loaded_list_clear(&list);
	return path;
}

static void check_protocol(struct doctor *doctor, const char *daemon)
{
	g_autofree char *ust = doctor->directory ? find_ust(doctor) : NULL;
	long theirs = file_number_behind(daemon, SOCKET_NAME);
	long ours = ust ? file_number_behind(ust, SOCKET_NAME) : -1;

	/* A wrapper script in place of the daemon, or a stripped-down build, tells
	 * nothing: the test recording will. */
	if (theirs < 0 || ours < 0)
		return;
	if (theirs == ours)
		doctor_pass(doctor, CHECK_daemon_protocol, "%s and %s both name " SOCKET_NAME "%ld",
			    ust, daemon, ours);
	else
		doctor_find(doctor, CHECK_daemon_protocol,
			    "%s names " SOCKET_NAME "%ld, %s names " SOCKET_NAME "%ld", ust, ours,
			    daemon, theirs);
}

/* --- the machine's daemon ----------------------------------------------------------- */

static struct error *list_sessions(void *argument)
{
	struct lttng_session *sessions = NULL;
	int *count = argument;

	*count = lttng_list_sessions(&sessions);
	free(sessions);
	return NULL;
}

/* Root's recordings are made in it. */
static void check_answers(struct doctor *doctor)
{
	static int count; /* outlives a call that is given up */
	struct error *err;

	if (getuid() != 0) {
		doctor_pass(doctor, CHECK_daemon_answers,
			    "not needed: a recording of an ordinary user has its own");
		return;
	}
	if (lttng_session_daemon_alive() != 1) {
		doctor_pass(doctor, CHECK_daemon_answers,
			    "none runs: a recording starts one, and ends it");
		return;
	}
	err = deadline_run(list_sessions, &count, ANSWER_SECONDS, "asked for its sessions");
	if (err)
		doctor_find(doctor, CHECK_daemon_answers, "%s", error_message(err));
	else if (count < 0)
		doctor_find(doctor, CHECK_daemon_answers, "asked for its sessions: %s",
			    lttng_strerror(count));
	else
		doctor_pass(doctor, CHECK_daemon_answers, "it runs and has %d session%s", count,
			    count == 1 ? "" : "s");
	error_free(err);
}

/* The state letter of /proc/PID/stat, 0 when there is no such process. */
static char process_state(long pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%ld/stat", pid);
	char text[512];
	const char *end;

	if (!files_read_text(path, text, sizeof(text)))
		return 0;
	end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : 0;
}

/* Programs of ordinary users register with it as well. */
static void check_stopped(struct doctor *doctor)
{
	char text[32] = "";
	long pid = files_read_text(PID_FILE, text, sizeof(text)) ? strtol(text, NULL, 10) : 0;
	char state = pid > 0 ? process_state(pid) : 0;

	if (!state)
		doctor_pass(doctor, CHECK_daemon_stopped, "none runs by " PID_FILE);
	else if (state == 'T' || state == 't')
		doctor_find(doctor, CHECK_daemon_stopped,
			    "process %ld of " PID_FILE " is in state %c", pid, state);
	else
		doctor_pass(doctor, CHECK_daemon_stopped,
			    "process %ld of " PID_FILE " is in state %c", pid, state);
}

static bool is_member(gid_t group)
{
	int count = getgroups(0, NULL);
	g_autofree gid_t *groups = g_new(gid_t, (size_t)MAX(count, 0) + 1);

	count = getgroups(count, groups);
	for (int i = 0; i < count; i++)
		if (groups[i] == group)
			return true;
	return getegid() == group;
}

static void check_group(struct doctor *doctor)
{
	const struct group *group = getgrnam(TRACING_GROUP);

	doctor_pass(doctor, CHECK_tracing_group,
		    "this user is %s of the group " TRACING_GROUP "; a recording does not need it",
		    group && is_member(group->gr_gid) ? "a member" : "no member");
}

void doctor_daemon(struct doctor *doctor)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_error_ struct error *err = daemon_process_find(&path);

	if (err) {
		doctor_find(doctor, CHECK_session_daemon, "%s", error_message(err));
	} else {
		doctor_pass(doctor, CHECK_session_daemon, "%s", path);
		check_version(doctor, path);
		check_protocol(doctor, path);
	}
	check_stopped(doctor);
	check_answers(doctor);
	check_group(doctor);
}
