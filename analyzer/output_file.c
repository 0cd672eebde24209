/* SPDX-License-Identifier: MIT */
/*
 * Output that is whole or not there.
 */
#include "output_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read_guard.h"

/* Something that is there and no regular file (/dev/stdout, a pipe) is written
 * to directly: it could not be replaced by rename. */
static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* mkstemp() gives 0600; a report is as readable as any other new file. */
static void set_usual_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, 0666 & ~mask);
}

static struct error *open_temporary(const char *path, struct output_file *output)
{
	int fd;

	if (asprintf(&output->temporary, "%s.XXXXXX", path) < 0) {
		output->temporary = NULL;
		return error_no_memory();
	}
	fd = mkstemp(output->temporary);
	if (fd < 0)
		return error_errno(errno, "cannot create %s", path);
	set_usual_mode(fd);
	read_guard_remove(output->temporary);
	output->stream = fdopen(fd, "w");
	return output->stream ? NULL : error_no_memory();
}

struct error *output_open(const char *path, struct output_file *output)
{
	struct error *err = NULL;

	memset(output, 0, sizeof(*output));
	if (!path || !strcmp(path, "-")) {
		output->stream = stdout;
		return NULL;
	}
	output->path = path;
	if (!is_special(path)) {
		err = open_temporary(path, output);
	} else {
		output->stream = fopen(path, "w");
		if (!output->stream)
			err = error_errno(errno, "cannot open %s", path);
	}
	if (err) {
		free(output->temporary);
		output->temporary = NULL;
	}
	return err;
}

/* stdout is flushed and stays open: a later writer is told its own errors. */
static int finish_stream(struct output_file *output)
{
	int failed = ferror(output->stream);

	if (output->path)
		return fclose(output->stream) || failed;
	return fflush(output->stream) || failed;
}

struct error *output_close(struct output_file *output, struct error *err)
{
	errno = EIO;
	if (finish_stream(output) && !err)
		err = error_errno(errno, "cannot write to %s",
				  output->path ? output->path : "stdout");
	if (output->temporary) {
		read_guard_remove(NULL);
		if (!err && rename(output->temporary, output->path))
			err = error_errno(errno, "cannot create %s", output->path);
		if (err)
			unlink(output->temporary);
		free(output->temporary);
	}
	memset(output, 0, sizeof(*output));
	return err;
}
