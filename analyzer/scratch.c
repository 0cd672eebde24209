/* SPDX-License-Identifier: MIT */
/*
 * Scratch directories.
 *
 * The owner holds a flock on the file "lock" inside; the kernel drops it however
 * the owner ends.  A sweeper that gets the lock therefore knows that the owner is
 * dead.  A directory without the file is one being made at this moment, unless
 * it is old.
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "files.h"

#define NAME_PREFIX "dlscope-"

enum {
	MOST_BASES = 3,
	UNLOCKED_GRACE_SECONDS = 60,
	END_SECONDS = 5, /* for the process noted in a dead owner's directory */
};

static size_t list_bases(enum scratch_place place, const char **bases)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *temporary = getenv("TMPDIR");
	size_t count = 0;
	struct stat status;

	/* After su or sudo the variable may still name another user's directory. */
	if (place == SCRATCH_FOR_SOCKETS && runtime && *runtime == '/' &&
	    stat(runtime, &status) == 0 && status.st_uid == geteuid())
		bases[count++] = runtime;
	if (temporary && *temporary == '/')
		bases[count++] = temporary;
	bases[count++] = "/tmp";
	if (place == SCRATCH_FOR_DATA && count < MOST_BASES)
		bases[count++] = "/var/tmp";
	return count;
}

static void end_noted_process(const char *path)
{
	_cleanup_free_ char *note = text_format("%s/process", path);
	char text[PROCESS_ID_TEXT_SIZE];

	if (note && files_read_text(note, text, sizeof(text)))
		process_id_end(process_id_parse(text, ' '), END_SECONDS);
}

static void sweep_one(const char *path)
{
	_cleanup_free_ char *lock = text_format("%s/lock", path);
	_cleanup_close_ int fd = -1;
	struct stat status;

	if (!lock || lstat(path, &status) < 0 || !S_ISDIR(status.st_mode) ||
	    status.st_uid != geteuid())
		return;
	fd = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && time(NULL) - status.st_mtime < UNLOCKED_GRACE_SECONDS)
		return;
	if (fd >= 0 && !files_try_lock(fd))
		return;
	end_noted_process(path);
	error_free(files_remove_tree(path)); /* the next run tries again */
}

static void sweep(const char *base, const char *prefix)
{
	_cleanup_closedir_ DIR *dir = opendir(base);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *path = NULL;

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		path = text_format("%s/%s", base, entry->d_name);
		if (path)
			sweep_one(path);
	}
}

static struct error *make_in(const char *base, const char *prefix, struct scratch **out)
{
	_cleanup_free_ struct scratch *scratch = calloc(1, sizeof(*scratch));
	_cleanup_free_ char *path = text_format("%s/%sXXXXXX", base, prefix);
	_cleanup_free_ char *lock = NULL;

	if (!scratch || !path)
		return error_no_memory();
	if (!mkdtemp(path))
		return error_errno(errno, "cannot make a directory in %s", base);
	lock = text_format("%s/lock", path);
	scratch->lock_fd = lock ? open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (scratch->lock_fd < 0 || !files_try_lock(scratch->lock_fd)) {
		struct error *err = error_errno(errno, "cannot make a file in %s", path);

		error_free(files_remove_tree(path));
		return err;
	}
	scratch->path = take_ptr(path);
	*out = take_ptr(scratch);
	return NULL;
}

struct error *scratch_create(enum scratch_place place, size_t longest_name, struct scratch **out)
{
	struct sockaddr_un address;
	const char *bases[MOST_BASES];
	size_t count = list_bases(place, bases);
	_cleanup_error_ struct error *err = NULL;
	char prefix[32];

	snprintf(prefix, sizeof(prefix), NAME_PREFIX "%u-", (unsigned int)geteuid());
	for (size_t i = 0; i < count; i++)
		sweep(bases[i], prefix);
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(bases[i]) + 1 + strlen(prefix) + strlen("XXXXXX");

		if (length + longest_name >= sizeof(address.sun_path))
			continue;
		error_free(err);
		err = make_in(bases[i], prefix, out);
		if (!err)
			return NULL;
	}
	return take_ptr(err);
}

struct error *scratch_note_process(struct scratch *scratch, struct process_id process)
{
	_cleanup_free_ char *path = text_format("%s/process", scratch->path);
	_cleanup_fclose_ FILE *file = path ? fopen(path, "we") : NULL;
	char text[PROCESS_ID_TEXT_SIZE];

	process_id_format(process, ' ', text);
	if (!file || fputs(text, file) == EOF || fflush(file) == EOF)
		return error_errno(errno, "cannot write in %s", scratch->path);
	return NULL;
}

void scratch_remove(struct scratch *scratch)
{
	if (!scratch)
		return;
	error_free(files_remove_tree(scratch->path)); /* left to the next sweep */
	close(scratch->lock_fd);
	free(scratch->path);
	free(scratch);
}
