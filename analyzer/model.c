/* SPDX-License-Identifier: MIT */
/*
 * The model's life and the way of an event into it.
 */
#include "model_internal.h"

const char *model_intern(struct model *model, const char *text)
{
	return g_string_chunk_insert_const(model->strings, text);
}

const char *model_intern_or_null(struct model *model, const char *text)
{
	return text ? model_intern(model, text) : NULL;
}

static guint pid_hash(gconstpointer key)
{
	const struct process *process = key;

	return g_str_hash(process->host) ^ process->pid;
}

static gboolean pid_equal(gconstpointer a, gconstpointer b)
{
	const struct process *first = a, *second = b;

	return first->pid == second->pid && g_str_equal(first->host, second->host);
}

static gboolean identity_equal(gconstpointer a, gconstpointer b)
{
	const struct process *first = a, *second = b;

	return first->image == second->image && pid_equal(a, b);
}

struct model *model_create(void)
{
	struct model *model = g_new0(struct model, 1);

	model->processes = g_ptr_array_new_with_free_func(process_free);
	model->modules = g_ptr_array_new_with_free_func(g_free);
	model->loads = g_ptr_array_new_with_free_func(load_free);
	model->inits = g_ptr_array_new_with_free_func(init_free);
	model->slots = g_ptr_array_new_with_free_func(slot_free);
	model->symbols = g_ptr_array_new_with_free_func(g_free);
	model->objects = g_ptr_array_new_with_free_func(object_free);
	model->failures = g_ptr_array_new_with_free_func(failure_free);
	model->hosts = g_ptr_array_new();
	model->places = g_ptr_array_new_with_free_func(g_free);
	model->by_identity = g_hash_table_new(pid_hash, identity_equal);
	model->by_pid = g_hash_table_new(pid_hash, pid_equal);
	model->strings = g_string_chunk_new(4096);
	model->complete = true;
	model->hang_after_ns = UINT64_MAX;
	return model;
}

void model_free(struct model *model)
{
	g_hash_table_destroy(model->by_identity);
	g_hash_table_destroy(model->by_pid);
	g_ptr_array_free(model->hosts, TRUE);
	g_ptr_array_free(model->places, TRUE);
	g_ptr_array_free(model->failures, TRUE);
	g_ptr_array_free(model->modules, TRUE);
	g_ptr_array_free(model->processes, TRUE);
	g_ptr_array_free(model->slots, TRUE);
	g_ptr_array_free(model->inits, TRUE);
	g_ptr_array_free(model->loads, TRUE);
	g_ptr_array_free(model->symbols, TRUE);
	g_ptr_array_free(model->objects, TRUE);
	g_string_chunk_free(model->strings);
	g_free(model);
}

static void add_to_process(struct model *model, struct process *process, const struct event *event)
{
	switch (event->id) {
	case EVENT_process_begin: process_begins(model, process, event); break;
	case EVENT_process_end: process_ends(process, event); break;
	case EVENT_runtime: process_runtime(model, process, &event->runtime); break;
	case EVENT_object: object_appears(model, process, event); break;
	case EVENT_unload: object_goes(process, event); break;
	case EVENT_load_begin: load_begins(model, process, event); break;
	case EVENT_load_end: load_ends(model, process, &event->load_end, event->time_ns); break;
	case EVENT_symbol: symbol_resolved(model, process, event); break;
	case EVENT_init_begin: init_begins(model, process, event); break;
	case EVENT_init_end: init_ends(model, process, &event->init_end); break;
	case EVENT_close_begin: close_begins(process, event); break;
	case EVENT_close_end: close_ends(process, &event->close_end); break;
	case EVENT_slot_begin: slot_begins(model, process, event); break;
	case EVENT_slot_end: slot_ends(model, process, &event->slot_end); break;
	case EVENT_interp_stack: interp_stack_seen(model, process, &event->interp_stack); break;
	case EVENT_crash: crash_seen(process, event); break;
	case EVENT_COUNT: break;
	}
}

/* Every event begins with the same fields: who. */
void model_add_event(struct model *model, const struct event *event)
{
	const struct event_process_end *who = &event->process_end;

	if (model->events++ == 0)
		model->begin_ns = event->time_ns;
	model->end_ns = event->time_ns;
	add_to_process(model, model_process(model, event, who->pid, who->process), event);
}

void model_add_lost(struct model *model, uint64_t count)
{
	model->lost_events += count;
	model->complete = false;
}

/* Spans first: whatever is still open is known then.  Modules take their times
 * from spans, failures their subject from modules. */
void model_finish(struct model *model)
{
	processes_finish(model);
	spans_finish(model);
	frames_finish(model);
	modules_finish(model);
	failures_finish(model);
}
