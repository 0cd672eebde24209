/* SPDX-License-Identifier: MIT */
/*
 * Which failures are looked at, and whether one can look at all: see diagnose.h.
 */
#include "diagnose.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model_internal.h"

enum { LOOKS = 100, SEEKERS = 16 };

static const struct {
	const char *kind;
	void (*look)(struct diagnosis *diagnosis);
} looks[] = {
#define DIAGNOSIS(kind, function) { kind, function },
#include "diagnoses.def"
#undef DIAGNOSIS
};

/* --- may one look ------------------------------------------------------------------- */

static const struct object *program_of(const struct model *model, const struct process *process)
{
	guint i;

	for (i = 0; i < model->objects->len; i++) {
		const struct object *object = model->objects->pdata[i];

		if (object->process == process && object->path == process->exe)
			return object;
	}
	return NULL;
}

static int64_t ns_of(struct timespec time)
{
	return (int64_t)time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static bool is_same_file(const struct object *object)
{
	struct stat status;

	return stat(object->path, &status) == 0 && (uint64_t)status.st_size == object->size &&
	       (uint64_t)status.st_ino == object->inode &&
	       ns_of(status.st_mtim) == object->mtime_ns;
}

/* NULL: one may; else why not. */
static const char *refusal(const struct model *model, const struct process *process)
{
	const struct object *program = program_of(model, process);
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) < 0 || strcmp(host, process->host))
		return "the trace is of another machine";
	if (!program || !is_same_file(program))
		return "the program's file is not the one that ran";
	return NULL;
}

static bool may_look(struct model *model, struct process *process)
{
	if (!process->look_decided) {
		process->look_decided = true;
		process->not_looked = refusal(model, process);
	}
	return !process->not_looked;
}

/* --- what the looks share -------------------------------------------------------------- */

/* The requester, who loaded that one, ..., the program. */
static void push_seekers(struct diagnosis *diagnosis)
{
	const struct failure *failure = diagnosis->failure;
	const struct object *chain[SEEKERS];
	const struct object *object = failure->requester ? failure->requester->object : NULL;
	size_t count = 0;

	for (; object && count < SEEKERS && object->path != failure->process->exe;
	     object = object->loaded_by ? object->loaded_by->caller.object : NULL)
		chain[count++] = object;
	loader_search_push(diagnosis->search, failure->process->exe);
	while (count)
		loader_search_push(diagnosis->search, chain[--count]->path);
}

char *diagnosis_path(struct diagnosis *diagnosis, const char *name)
{
	return name ? loader_search_find(diagnosis->search, name) : NULL;
}

bool diagnosis_unchanged(struct diagnosis *diagnosis, const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return false;
	if (ns_of(status.st_ctim) <= diagnosis->failure->time_ns)
		return true;
	failure_shows(diagnosis->model, diagnosis->failure,
		      "%s was changed after the failure: it was not looked into", path);
	return false;
}

void diagnosis_take_places(struct diagnosis *diagnosis)
{
	const GPtrArray *places = diagnosis->search->places;
	guint i;

	g_ptr_array_set_size(diagnosis->failure->searched, 0);
	for (i = 0; i < places->len; i++)
		g_ptr_array_add(diagnosis->failure->searched,
				(char *)model_intern(diagnosis->model, places->pdata[i]));
}

void diagnose_memory(struct diagnosis *diagnosis)
{
	const struct load *load = diagnosis->failure->load;
	g_autofree char *size = NULL;

	if (!load || !load->memory_limit || load->memory_limit == UINT64_MAX)
		return;
	size = g_strdup_printf("%.1f MiB", (double)load->memory_limit / (1 << 20));
	failure_shows(diagnosis->model, diagnosis->failure,
		      "the process may have %s of address space (RLIMIT_AS, ulimit -v)", size);
}

/* --- all failures ----------------------------------------------------------------------- */

static void look(struct model *model, struct failure *failure, size_t row)
{
	const char *directory = failure->load ? failure->load->directory : "";
	_cleanup_(cleanup_loader_search_free) struct loader_search *search = loader_search_create(
		failure->process->library_path, directory);
	struct diagnosis diagnosis = { model, failure, search, NULL };

	push_seekers(&diagnosis);
	diagnose_chain(&diagnosis);
	looks[row].look(&diagnosis);
	g_free(diagnosis.dependency);
	failure->looked = true;
}

static void diagnose(struct model *model, struct failure *failure)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(looks); i++)
		if (!strcmp(looks[i].kind, failure->kind))
			break;
	/* a look may find another kind: it is not looked at twice */
	if (i < G_N_ELEMENTS(looks) && may_look(model, failure->process))
		look(model, failure, i);
}

void diagnose_failures(struct model *model)
{
	guint i, looked = 0;

	for (i = 0; i < model->processes->len; i++) {
		struct process *process = model->processes->pdata[i];

		if (diagnose_ended_by_loader(model, process) && may_look(model, process))
			diagnose_lazy_binding(model, process);
	}
	for (i = 0; i < model->failures->len && looked < LOOKS; i++) {
		struct failure *failure = model->failures->pdata[i];

		if (failure->severity == SEVERITY_PROBE || failure->looked)
			continue;
		diagnose(model, failure);
		looked++;
	}
}
