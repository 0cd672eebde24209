/* SPDX-License-Identifier: MIT */
/*
 * Process images: who they are and how they ended.
 */
#include "model_internal.h"

#include "nul_texts.h"
#include "recording_info.h"

/* Loads and inits are the model's; a close is nobody's but its process's. */
static void free_closes(struct process *process)
{
	guint i;

	for (i = 0; i < process->spans->len; i++) {
		struct span *span = process->spans->pdata[i];

		if (span->kind == SPAN_CLOSE)
			g_free(span);
	}
}

void process_free(void *data)
{
	struct process *process = data;

	free_closes(process);
	g_ptr_array_free(process->argv, TRUE);
	g_ptr_array_free(process->spans, TRUE);
	g_hash_table_destroy(process->by_call);
	g_hash_table_destroy(process->resolutions);
	g_hash_table_destroy(process->by_link_map);
	g_tree_destroy(process->by_address);
	g_hash_table_destroy(process->by_handle);
	g_hash_table_destroy(process->pending);
	g_hash_table_destroy(process->symbols);
	g_hash_table_destroy(process->last_lookups);
	crash_free(process->crash);
	g_free(process);
}

static gint compare_addresses(gconstpointer a, gconstpointer b, gpointer data)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

/* A pair of keys: a handle and a thread, a requester and a name, ... */
static guint pair_hash(gconstpointer key)
{
	const uint64_t *pair = key;

	return (guint)((pair[0] * 31 + pair[1]) ^ (pair[0] >> 32) ^ (pair[1] >> 32));
}

static gboolean pair_equal(gconstpointer a, gconstpointer b)
{
	const uint64_t *first = a, *second = b;

	return first[0] == second[0] && first[1] == second[1];
}

static void add_host(struct model *model, const char *host)
{
	guint i;

	for (i = 0; i < model->hosts->len; i++)
		if (model->hosts->pdata[i] == host)
			return;
	g_ptr_array_add(model->hosts, (char *)host);
}

static struct process *process_create(struct model *model, const struct process *key,
				      int64_t time_ns)
{
	struct process *process = g_new0(struct process, 1);

	process->id = model->processes->len + 1;
	process->host = key->host;
	process->pid = key->pid;
	process->image = key->image;
	process->exe = process->library_path = "";
	process->exit_status = -1;
	process->begin_ns = time_ns;
	process->argv = g_ptr_array_new();
	process->spans = g_ptr_array_new();
	process->by_call = g_hash_table_new(g_int64_hash, g_int64_equal);
	process->resolutions = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
						     resolution_free);
	process->by_link_map = g_hash_table_new(g_int64_hash, g_int64_equal);
	process->by_address = g_tree_new_full(compare_addresses, NULL, NULL, NULL);
	process->by_handle = g_hash_table_new_full(pair_hash, pair_equal, g_free, NULL);
	process->pending = g_hash_table_new_full(pair_hash, pair_equal, g_free, NULL);
	process->symbols = symbols_table();
	process->last_lookups = g_hash_table_new(NULL, NULL);
	g_ptr_array_add(model->processes, process);
	add_host(model, process->host);
	return process;
}

struct process *model_find_process(const struct model *model, const char *host, uint32_t pid,
				   uint64_t image)
{
	const struct process key = { .host = host, .pid = pid, .image = image };

	return g_hash_table_lookup(model->by_identity, &key);
}

struct process *model_process(struct model *model, const struct event *event, uint32_t pid,
			      uint64_t image)
{
	struct process key = { .host = model_intern(model, event->host),
			       .pid = pid,
			       .image = image };
	struct process *process = g_hash_table_lookup(model->by_identity, &key);

	if (!process) {
		process = process_create(model, &key, event->time_ns);
		g_hash_table_add(model->by_identity, process);
	}
	process->end_ns = event->time_ns;
	return process;
}

/* An image that never said farewell was replaced by exec when another one of the
 * same pid and parent follows. */
static void note_successor(struct model *model, struct process *process)
{
	struct process *earlier = g_hash_table_lookup(model->by_pid, process);

	if (earlier && earlier != process && earlier->ppid == process->ppid)
		earlier->replaced = true;
	g_hash_table_replace(model->by_pid, process, process);
}

void process_begins(struct model *model, struct process *process, const struct event *event)
{
	const struct event_process_begin *begin = &event->process_begin;
	g_autoptr(GPtrArray) words = nul_texts_split((const char *)begin->argv, begin->argv_count);
	guint i;

	if (process->has_begin)
		return;
	process->has_begin = true;
	process->ppid = begin->ppid;
	process->exe = model_intern(model, begin->exe);
	process->library_path = model_intern(model, begin->library_path);
	for (i = 0; i < words->len; i++)
		g_ptr_array_add(process->argv, (char *)model_intern(model, words->pdata[i]));
	note_successor(model, process);
}

void process_ends(struct process *process, const struct event *event)
{
	process->has_end = true;
	process->farewell = event->process_end;
	process->tracer_ns = MAX(process->tracer_ns, event->process_end.tracer_total_ns);
}

/* What the shim found, else what the path of the runtime's file says. */
static const char *version_of(struct model *model, const struct runtime *runtime,
			      const struct event_runtime *event, const struct object *object)
{
	g_autofree char *in_path = NULL;

	if (!*event->version && runtime && object)
		in_path = runtime_version_in_path(runtime, *object->path ? object->path
									 : object->process->exe);
	return model_intern(model, in_path ? in_path : event->version);
}

void process_runtime(struct model *model, struct process *process,
		     const struct event_runtime *event)
{
	const struct runtime *runtime = runtime_by_id(event->name);
	struct object *object = process_object_at(process, event->base);

	process->runtimes |= runtime_bit(runtime);
	if (object)
		object->runtimes |= runtime_bit(runtime);
	if (process->runtime || (runtime && runtime->role != PROGRAM))
		return;
	process->runtime = runtime_display_name(model_intern(model, event->name));
	process->runtime_version = version_of(model, runtime, event, object);
	process->runtime_object = object;
}

/* --- how they ended ------------------------------------------------------------ */

static bool recording_covers(const struct recording_info *recording, const struct process *process)
{
	return process->begin_ns >= recording->begin_ns &&
	       (!recording->end_ns || process->begin_ns <= recording->end_ns);
}

static void apply_recording(const struct recording_info *recording, struct process *process)
{
	if (process->replaced || !recording_covers(recording, process))
		return;
	if (process->pid == recording->pid)
		process->exit_status = recording->exit_status;
	if (process->has_end)
		return;
	if (process->pid == recording->pid && recording->signal) {
		process->outcome = PROCESS_KILLED;
		process->signal = recording->signal;
		process->end_ns = MAX(process->end_ns, recording->end_ns);
	} else if (process->pid == recording->pid && recording->exit_status >= 0) {
		/* by a system call of its own, or of the loader's */
		process->outcome = PROCESS_EXITED;
		process->end_ns = MAX(process->end_ns, recording->end_ns);
	} else if (recording_is_live(recording, process->pid)) {
		process->outcome = PROCESS_RUNNING;
		process->end_ns = MAX(process->end_ns, recording->end_ns);
	} else {
		process->gone = recording->end_ns != 0;
		process->gone_by_ns = recording->end_ns;
	}
}

void model_add_recording(struct model *model, const struct recording_info *recording)
{
	guint i;

	if (!recording->complete)
		model->complete = false;
	for (i = 0; i < model->processes->len; i++)
		apply_recording(recording, model->processes->pdata[i]);
}

void processes_finish(struct model *model)
{
	guint i;

	for (i = 0; i < model->processes->len; i++) {
		struct process *process = model->processes->pdata[i];

		if (process->has_end)
			process->outcome = PROCESS_EXITED;
		else if (process->replaced)
			process->outcome = PROCESS_EXEC;
		crash_finish(process);
		model->end_ns = MAX(model->end_ns, process->end_ns);
	}
}
