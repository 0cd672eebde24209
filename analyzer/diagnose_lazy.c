/* SPDX-License-Identifier: MIT */
/*
 * Programs that the loader ended because a function could not be found when it was
 * first called.
 *
 * With lazy binding an undefined function shows only then.  The loader writes "symbol
 * lookup error" and ends the process with status 127 by a system call of its own (glibc
 * 2.36, elf/dl-fixup via _dl_fatal_printf): there is no farewell.  Which function it was
 * is not in the trace; which ones nothing defines is in the files.
 */
#include <string.h>

#include "diagnose.h"
#include "elf_facts.h"
#include "model_internal.h"
#include "text.h"

enum { LOADER_STATUS = 127, NAMES_SHOWN = 3 };

struct lazy {
	struct model *model;
	const struct process *process;
	GHashTable *defined; /* set of names */
	GPtrArray *missing;  /* const char *, interned */
	const char *needs;   /* the first file that misses one */
	const char *now;     /* being read */
};

static void note_export(const char *name, void *data)
{
	struct lazy *lazy = data;

	if (!g_hash_table_contains(lazy->defined, name))
		g_hash_table_add(lazy->defined, g_strdup(name));
}

static void note_import(const char *name, void *data)
{
	struct lazy *lazy = data;

	if (g_hash_table_contains(lazy->defined, name))
		return;
	if (!lazy->needs)
		lazy->needs = lazy->now;
	if (lazy->needs == lazy->now)
		g_ptr_array_add(lazy->missing, (char *)model_intern(lazy->model, name));
}

/* What is being loaded is no object yet. */
static const char *file_in_flight(struct lazy *lazy)
{
	const struct process *process = lazy->process;
	_cleanup_(cleanup_loader_search_free) struct loader_search *search = loader_search_create(
		process->library_path, "");
	g_autofree char *path = NULL;
	guint i;

	loader_search_push(search, process->exe);
	for (i = 0; i < process->spans->len && !path; i++) {
		const struct span *span = process->spans->pdata[i];
		const struct load *load = (const struct load *)span;

		if (span->open && !span->open_inside && span->kind == SPAN_LOAD && load->requested)
			path = loader_search_find(search, load->requested);
	}
	return model_intern_or_null(lazy->model, path);
}

static void read_object(struct lazy *lazy, const char *path, const char *build_id, bool imports)
{
	lazy->now = path;
	if (imports)
		elf_each_import(path, build_id, note_import, lazy);
	else
		elf_each_export(path, build_id, note_export, lazy);
}

static void each_object(struct lazy *lazy, bool imports)
{
	const char *in_flight = file_in_flight(lazy);
	const GPtrArray *objects = lazy->model->objects;
	guint i;

	for (i = 0; i < objects->len; i++) {
		const struct object *object = objects->pdata[i];

		if (object->process == lazy->process && *object->path && !object->unloaded_ns)
			read_object(lazy, object->path, object->build_id, imports);
	}
	if (in_flight)
		read_object(lazy, in_flight, NULL, imports);
}

/* The call in which the process ended, or a failure of its own. */
static struct failure *failure_for(struct lazy *lazy, const char *message)
{
	const GPtrArray *failures = lazy->model->failures;
	struct failure *failure;
	guint i;

	for (i = 0; i < failures->len; i++) {
		failure = failures->pdata[i];
		if (failure->process == lazy->process && !strcmp(failure->kind, "exit-in-init"))
			return failure;
	}
	failure = failure_create(lazy->model, (struct process *)lazy->process, "undefined-symbol",
				 message, lazy->process->end_ns);
	failure->id = failures->len;
	return failure;
}

static void tell(struct lazy *lazy)
{
	const char *missing = model_readable(lazy->model, lazy->missing->pdata[0]);
	const char *needs = text_basename(lazy->needs);
	bool several = lazy->missing->len > 1;
	g_autofree char *message = g_strdup_printf("%s: undefined symbol: %s", lazy->needs,
						   (const char *)lazy->missing->pdata[0]);
	struct failure *failure = failure_for(lazy, message);
	guint i;

	failure->kind = "undefined-symbol";
	failure->missing = lazy->missing->pdata[0];
	failure->needed_by = lazy->needs;
	failure_says(lazy->model, failure,
		     "the loader ended the process (status 127), most likely when %s called %s%s, "
		     "which nothing defines",
		     needs, several ? "one of its functions, as " : "", missing);
	for (i = 1; i < lazy->missing->len && i <= NAMES_SHOWN; i++)
		failure_shows(lazy->model, failure, "nothing defines %s either",
			      model_readable(lazy->model, lazy->missing->pdata[i]));
	failure_judged(lazy->model, failure, SEVERITY_FATAL,
		       "the process ended with status 127 and without a farewell, as the loader "
		       "ends it for a function that it cannot bind");
	failure->looked = true;
}

bool diagnose_ended_by_loader(const struct model *model, const struct process *process)
{
	return process->outcome == PROCESS_EXITED && !process->has_end && !model->lost_events &&
	       process->exit_status == LOADER_STATUS;
}

void diagnose_lazy_binding(struct model *model, const struct process *process)
{
	g_autoptr(GHashTable) defined = NULL;
	g_autoptr(GPtrArray) missing = NULL;
	struct lazy lazy = { .model = model, .process = process };

	lazy.defined = defined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	lazy.missing = missing = g_ptr_array_new();
	each_object(&lazy, false);
	each_object(&lazy, true);
	if (lazy.needs)
		tell(&lazy);
}
