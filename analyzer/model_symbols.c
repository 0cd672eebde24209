/* SPDX-License-Identifier: MIT */
/*
 * Resolutions: added up per symbol, and kept one by one only when they handed out
 * an init function or failed to find one.
 */
#include "model_internal.h"

#include <string.h>

static guint symbol_hash(gconstpointer key)
{
	const struct symbol *symbol = key;

	return g_direct_hash(symbol->name) ^ g_direct_hash(symbol->version) * 31 ^
	       g_direct_hash(symbol->object);
}

/* Texts are interned: equal ones have one address. */
static gboolean symbol_equal(gconstpointer a, gconstpointer b)
{
	const struct symbol *first = a, *second = b;

	return first->name == second->name && first->version == second->version &&
	       first->object == second->object;
}

GHashTable *symbols_table(void)
{
	return g_hash_table_new(symbol_hash, symbol_equal);
}

void resolution_free(void *data)
{
	struct resolution *resolution = data;

	g_free(resolution->interp);
	g_free(resolution);
}

static struct symbol *symbol_row(struct model *model, struct process *process,
				 const struct event_symbol *source)
{
	bool found = source->outcome == SYMBOL_FOUND;
	struct symbol key = {
		.process = process,
		.name = model_intern(model, source->name),
		.version = model_intern(model, source->version),
		.object = found ? process_object_at(process, source->address)
				: process_object_of_handle(process, source->handle),
	};
	struct symbol *symbol = g_hash_table_lookup(process->symbols, &key);

	if (symbol)
		return symbol;
	symbol = g_memdup2(&key, sizeof(key));
	g_hash_table_add(process->symbols, symbol);
	g_ptr_array_add(model->symbols, symbol);
	return symbol;
}

/* The rule that a lookup followed, by who made it. */
static const struct convention *convention_of(const struct process *process,
					      const struct event_symbol *source)
{
	struct frame caller = process_frame(process, source->caller);
	uint64_t runtimes = caller.object ? caller.object->runtimes : process->runtimes;

	return convention_by_symbol(source->name, runtimes, process->runtimes);
}

static struct resolution *resolution_create(struct process *process, const struct event *event,
					    const struct symbol *symbol)
{
	const struct event_symbol *source = &event->symbol;
	struct resolution *resolution = g_new0(struct resolution, 1);

	resolution->call = source->call;
	resolution->tid = source->tid;
	resolution->begin_ns = event->time_ns - (int64_t)source->duration_ns;
	resolution->duration_ns = source->duration_ns;
	resolution->symbol = symbol->name;
	resolution->convention = convention_of(process, source);
	resolution->load = process_load_of_handle(process, source->handle, source->tid);
	g_hash_table_replace(process->resolutions, &resolution->call, resolution);
	return resolution;
}

static void add_time(struct process *process, const struct event_symbol *source)
{
	struct span *parent = process_span(process, source->parent);

	process->native_load_ns += source->duration_ns;
	if (parent)
		parent->children_ns += source->duration_ns;
}

/* The load of a library that some object opened and then asked for a name by which a
 * runtime's modules begin; sets *convention to the rule. */
static struct load *load_of_entry(const struct process *process, const struct event_symbol *source,
				  const struct convention **convention)
{
	struct load *load = process_load_of_handle(process, source->handle, source->tid);
	struct frame caller = process_frame(process, source->caller);

	*convention = load && load->caller.object == caller.object ? convention_of(process, source)
								   : NULL;
	return *convention ? load : NULL;
}

static bool is_optional(const struct convention *convention)
{
	return !convention || convention->presence == OPTIONAL;
}

static void lookup_failed(struct model *model, struct process *process, const struct event *event,
			  struct symbol *symbol)
{
	const struct convention *convention;
	struct load *load = load_of_entry(process, &event->symbol, &convention);
	struct resolution *missing;

	symbol->failed++;
	failure_of_lookup(model, symbol, event, !is_optional(convention));
	if (!load)
		return;
	load->probe_ns += event->symbol.duration_ns;
	if (load->missing_init && is_optional(convention))
		return;
	missing = resolution_create(process, event, symbol);
	missing->failure = symbol->failure;
	if (load->missing_init && !is_optional(load->missing_init->convention)) {
		missing->also_missing = load->missing_init->also_missing;
		load->missing_init->also_missing = missing;
	} else {
		load->missing_init = missing;
	}
}

/* An entry that is a variable has no thunk, nor has the function of a runtime that is
 * known by this name alone: it is linked into a program which exports nothing of it.
 * SQLite asks for two, one of which is enough. */
static void entry_found(struct process *process, const struct event *event,
			const struct symbol *symbol)
{
	const struct convention *convention;
	struct load *load = load_of_entry(process, &event->symbol, &convention);

	if (!load || load->bare_entry ||
	    (convention->kind != ENTRY_IS_DATA &&
	     !(load->missing_init &&
	       !strcmp(load->missing_init->convention->runtime, convention->runtime))))
		return;
	load->probe_ns += event->symbol.duration_ns;
	load->bare_entry = resolution_create(process, event, symbol);
}

/* Hosts that no rule is about: whoever loads a library and looks something up in it. */
static void plain_found(struct process *process, const struct event *event,
			const struct symbol *symbol)
{
	const struct event_symbol *source = &event->symbol;
	struct load *load = process_load_of_handle(process, source->handle, source->tid);
	struct frame caller = process_frame(process, source->caller);

	if (!load || load->outcome != LOAD_LOADED || load->first_symbol || !caller.object ||
	    caller.object != load->caller.object || caller.object->runtimes)
		return;
	load->probe_ns += source->duration_ns;
	load->first_symbol = resolution_create(process, event, symbol);
}

void symbol_resolved(struct model *model, struct process *process, const struct event *event)
{
	const struct event_symbol *source = &event->symbol;
	struct symbol *symbol = symbol_row(model, process, source);

	symbol->last_call = source->call;
	g_hash_table_replace(process->last_lookups, GUINT_TO_POINTER(source->tid), symbol);
	symbol->count++;
	symbol->duration_ns += source->duration_ns;
	add_time(process, source);
	if (source->outcome != SYMBOL_FOUND) {
		lookup_failed(model, process, event, symbol);
		return;
	}
	failure_lookup_succeeded(model, symbol, event);
	if (source->thunk) {
		resolution_create(process, event, symbol);
		return;
	}
	entry_found(process, event, symbol);
	plain_found(process, event, symbol);
}
