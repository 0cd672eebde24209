/* SPDX-License-Identifier: MIT */
/*
 * The directory a recording is written to.
 *
 * PATH.partial-XXXXXX is the name while it is being set up.  The directory itself
 * is flock'ed as long as its recorder lives: leftovers of a killed recorder can
 * be told from directories in use.
 */
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <jansson.h>

#include "files.h"
#include "ring_buffer.h"
#include "trace_find.h"

#define PARTIAL ".partial-"

/* --- what may be replaced ---------------------------------------------------- */

static bool has_marker(const char *path)
{
	_cleanup_free_ char *marker = text_format("%s/" RECORDING_MARKER, path);
	json_t *root = marker ? json_load_file(marker, 0, NULL) : NULL;
	bool ours = root && json_object_get(root, "dlscope_recording");

	json_decref(root);
	return ours;
}

static bool is_being_recorded(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && !files_try_lock(fd);
}

/* NULL when there is nothing at `path`, or a recording, or an empty directory
 * (mktemp -d).  *exists tells whether there is a recording. */
static struct error *check_replaceable(const char *path, bool *exists)
{
	struct stat status;

	*exists = false;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? NULL : error_errno(errno, "cannot look at %s", path);
	if (!S_ISDIR(status.st_mode))
		return error_create("%s is not a recording of dlscope and will not be replaced, "
				    "choose another place with -o",
				    path);
	if (files_directory_is_empty(path))
		return NULL;
	if (!has_marker(path))
		return error_create("%s holds something that is not a recording of dlscope and "
				    "will not be replaced, choose another place with -o",
				    path);
	*exists = true;
	return NULL;
}

/* The older recording makes room under NAME.old. */
static struct error *check_old(const char *path)
{
	_cleanup_free_ char *old = text_format("%s.old", path);
	bool exists;

	if (!old)
		return error_no_memory();
	RETURN_IF_ERROR(check_replaceable(old, &exists));
	if (exists && is_being_recorded(old))
		return error_create("%s is still being recorded and cannot be replaced, choose "
				    "another place with -o",
				    old);
	return NULL;
}

static struct error *check_place(const char *path)
{
	bool exists;

	RETURN_IF_ERROR(check_replaceable(path, &exists));
	return exists ? check_old(path) : NULL;
}

/* --- making it --------------------------------------------------------------- */

/* lttng-tools 2.13 refuses paths with ".." in them, so its directory is resolved;
 * the last part is not, it may be a symbolic link that must not be followed. */
static struct error *absolute_path(const char *path, char **out)
{
	_cleanup_free_ char *for_dir = strdup(path), *for_base = strdup(path), *dir = NULL;
	const char *base;

	if (!for_dir || !for_base)
		return error_no_memory();
	base = basename(for_base);
	if (strcmp(base, ".") == 0 || strcmp(base, "..") == 0 || strcmp(base, "/") == 0)
		return error_create("%s cannot be replaced by a recording, choose another place "
				    "with -o",
				    path);
	dir = realpath(dirname(for_dir), NULL);
	if (!dir)
		return error_errno(errno,
				   "cannot write a recording to %s, choose another place "
				   "with -o",
				   path);
	*out = text_format("%s/%s", strcmp(dir, "/") == 0 ? "" : dir, base);
	return *out ? NULL : error_no_memory();
}

/* Removes what killed recorders left beside `path`. */
static void sweep_partial(const char *path)
{
	_cleanup_free_ char *for_dir = strdup(path), *for_base = strdup(path), *prefix = NULL;
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;

	if (!for_dir || !for_base || !(prefix = text_format("%s" PARTIAL, basename(for_base))))
		return;
	dir = opendir(dirname(for_dir));
	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *candidate = NULL;

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		candidate = text_format("%s/%s", for_dir, entry->d_name);
		if (candidate && has_marker(candidate) && !is_being_recorded(candidate))
			error_free(files_remove_tree(candidate));
	}
}

static struct error *cannot_write_at(const char *path, bool *full)
{
	*full = errno == ENOSPC || errno == EDQUOT;
	return error_errno(errno, "cannot write a recording to %s, choose another place with -o",
			   path);
}

static struct error *make_directory(struct recording *recording, bool *full)
{
	mode_t mask = umask(0);

	umask(mask);
	recording->growing = text_format("%s" PARTIAL "XXXXXX", recording->path);
	if (!recording->growing)
		return error_no_memory();
	if (!mkdtemp(recording->growing)) {
		free(recording->growing);
		recording->growing = NULL;
		return cannot_write_at(recording->path, full);
	}
	(void)!chmod(recording->growing, 0777 & ~mask); /* mkdtemp makes it 0700 */
	recording->dir_fd = open(recording->growing, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (recording->dir_fd < 0 || !files_try_lock(recording->dir_fd))
		return cannot_write_at(recording->path, full);
	return NULL;
}

struct error *recording_create(const char *path, char *const *command, struct recording **out,
			       bool *full)
{
	_cleanup_(cleanup_recording_close) struct recording *recording = calloc(1,
										sizeof(*recording));

	*full = false;
	if (!recording)
		return error_no_memory();
	recording->dir_fd = -1;
	recording->command = command;
	RETURN_IF_ERROR(absolute_path(path, &recording->path));
	RETURN_IF_ERROR(check_place(recording->path));
	sweep_partial(recording->path);
	RETURN_IF_ERROR(make_directory(recording, full));
	struct error *err = recording_write_marker(recording);
	if (err) {
		*full = recording_disk_is_full(recording);
		return err;
	}
	*out = take_ptr(recording);
	return NULL;
}

struct error *recording_commit(struct recording *recording)
{
	_cleanup_free_ char *old = text_format("%s.old", recording->path);
	bool exists;

	if (!old)
		return error_no_memory();
	RETURN_IF_ERROR(check_replaceable(recording->path, &exists));
	if (exists) {
		RETURN_IF_ERROR(check_old(recording->path));
		RETURN_IF_ERROR(files_remove_tree(old));
		if (rename(recording->path, old) < 0)
			return error_errno(errno, "cannot rename %s to %s", recording->path, old);
	}
	if (rename(recording->growing, recording->path) < 0)
		return error_errno(errno, "cannot rename %s to %s", recording->growing,
				   recording->path);
	free(recording->growing);
	recording->growing = NULL;
	return NULL;
}

/* --- the marker file --------------------------------------------------------- */

/* JSON is UTF-8; other bytes are shown as \xNN. */
static json_t *text_to_json(const char *text)
{
	json_t *value = json_string(text);
	_cleanup_free_ char *escaped = NULL;
	char *out;

	if (value)
		return value;
	escaped = out = malloc(4 * strlen(text) + 1);
	for (; out && *text; text++)
		out += sprintf(out, (unsigned char)*text < 0x80 ? "%c" : "\\x%02x",
			       (unsigned char)*text);
	return escaped ? json_string(escaped) : NULL;
}

static json_t *command_to_json(char *const *command)
{
	json_t *array = json_array();

	for (; array && *command; command++)
		json_array_append_new(array, text_to_json(*command));
	return array;
}

static json_t *pids_to_json(const pid_t *pids, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < count; i++)
		json_array_append_new(array, json_integer(pids[i]));
	return array;
}

static json_t *marker_to_json(const struct recording *recording)
{
	bool exited = recording->ended && !recording->end.signalled;
	bool killed = recording->ended && recording->end.signalled;
	json_t *root = json_pack(
		"{s:i, s:s, s:o, s:I, s:I, s:b, s:I, s:o}", "dlscope_recording", 1, "tool_version",
		DLSCOPE_VERSION, "command", command_to_json(recording->command), "pid",
		(json_int_t)recording->pid, "begin_ns", (json_int_t)recording->begin_ns, "complete",
		recording->complete, "lost_events", (json_int_t)recording->lost_events, "live_pids",
		pids_to_json(recording->live_pids, recording->live_count));

	if (!root)
		return NULL;
	json_object_set_new(root, "end_ns",
			    recording->ended ? json_integer(recording->end_ns) : json_null());
	json_object_set_new(root, "exit_status",
			    exited ? json_integer(recording->end.value) : json_null());
	json_object_set_new(root, "signal",
			    killed ? json_integer(recording->end.value) : json_null());
	return root;
}

/* By way of a temporary name: the marker is there whole or as it was. */
struct error *recording_write_marker(struct recording *recording)
{
	static const char temporary[] = RECORDING_MARKER ".tmp";
	json_t *root = marker_to_json(recording);
	_cleanup_free_ char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	_cleanup_fclose_ FILE *file = NULL;
	int fd;

	json_decref(root);
	if (!text)
		return error_no_memory();
	fd = openat(recording->dir_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!file || fprintf(file, "%s\n", text) < 0 || fflush(file) == EOF ||
	    renameat(recording->dir_fd, temporary, recording->dir_fd, RECORDING_MARKER) < 0) {
		struct error *err = error_errno(errno, "cannot write %s/" RECORDING_MARKER,
						recording->path);

		unlinkat(recording->dir_fd, temporary, 0);
		return err;
	}
	return NULL;
}

/* --- afterwards -------------------------------------------------------------- */

static bool trace_has_events(const char *trace)
{
	_cleanup_closedir_ DIR *dir = opendir(trace);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_close_ int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);

		if (strcmp(entry->d_name, "metadata") != 0 && fd >= 0 && packets_hold_events(fd))
			return true;
	}
	return false;
}

/* Programs of others that register in a shared daemon make a trace as well, an empty one. */
bool recording_has_events(const struct recording *recording)
{
	g_autoptr(GPtrArray) traces = g_ptr_array_new_with_free_func(g_free);

	error_free(trace_find(recording->path, traces)); /* what cannot be found has none */
	for (guint i = 0; i < traces->len; i++)
		if (trace_has_events(traces->pdata[i]))
			return true;
	return false;
}

bool recording_disk_is_full(const struct recording *recording)
{
	enum { ROOM = 64 * 1024 };
	struct statvfs status;

	return fstatvfs(recording->dir_fd, &status) == 0 &&
	       (uint64_t)status.f_bavail * status.f_frsize < ROOM;
}

void recording_close(struct recording *recording)
{
	if (recording->growing)
		error_free(files_remove_tree(recording->growing)); /* left to the next run */
	if (recording->dir_fd >= 0)
		close(recording->dir_fd);
	free(recording->growing);
	free(recording->path);
	free(recording);
}
