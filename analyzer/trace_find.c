/* SPDX-License-Identifier: MIT */
/*
 * Finds CTF traces.  LTTng writes one per buffer set (ust/uid/0/64-bit,
 * ust/pid/NAME-PID-TIME) and one more level per rotation, so the depth is not
 * known beforehand; a file named `metadata` is what makes a directory a trace.
 */
#include "trace_find.h"

#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

enum { OPEN_DIRECTORIES = 16 };

/* nftw() passes no data pointer to its callback. */
struct search {
	GPtrArray *found;
	struct error *error;
};
static _Thread_local struct search *search;

static int visit(const char *path, const struct stat *status, int type, struct FTW *place)
{
	if (type == FTW_DNR || type == FTW_NS) {
		search->error = error_errno(EACCES, "cannot read %s", path);
		return 1;
	}
	if (type == FTW_F && S_ISREG(status->st_mode) && !strcmp(path + place->base, "metadata"))
		g_ptr_array_add(search->found, g_path_get_dirname(path));
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct error *check_directory(const char *dir)
{
	struct stat status;

	if (stat(dir, &status))
		return error_errno(errno, "cannot read trace %s", dir);
	if (!S_ISDIR(status.st_mode))
		return error_create("%s is not a directory: name the directory that record wrote",
				    dir);
	return NULL;
}

struct error *trace_find(const char *dir, GPtrArray *traces)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	struct search mine = { .found = found };
	int rc, error_number;

	RETURN_IF_ERROR(check_directory(dir));
	search = &mine;
	rc = nftw(dir, visit, OPEN_DIRECTORIES, FTW_PHYS);
	error_number = errno;
	search = NULL;
	if (mine.error)
		return mine.error;
	if (rc < 0)
		return error_errno(error_number, "cannot read trace %s", dir);
	if (found->len == 0)
		return error_create(
			"%s holds no trace: there is no CTF metadata file in or below it", dir);
	/* nftw() goes by directory order, which differs between file systems. */
	g_ptr_array_sort(found, compare_paths);
	g_ptr_array_extend_and_steal(traces, g_steal_pointer(&found));
	return NULL;
}
