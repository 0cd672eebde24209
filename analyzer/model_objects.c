/* SPDX-License-Identifier: MIT */
/*
 * Objects and their life times, and which of them an address is in.
 *
 * An address means something only at one moment: after dlclose another object
 * may be mapped there.  So addresses are looked up when their event is read, in
 * what is mapped then.
 */
#include "model_internal.h"

#include <string.h>

void object_free(void *object)
{
	g_free(object);
}

static const char *intern_hex(struct model *model, const uint8_t *bytes, uint32_t count)
{
	g_autoptr(GString) text = g_string_new(NULL);
	uint32_t i;

	for (i = 0; i < count; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	return model_intern(model, text->str);
}

static struct object *object_create(struct model *model, struct process *process,
				    const struct event *event)
{
	const struct event_object *source = &event->object;
	struct object *object = g_new0(struct object, 1);

	object->id = model->objects->len + 1;
	object->process = process;
	object->path = model_intern(model, source->path);
	object->soname = model_intern(model, source->soname);
	object->build_id = intern_hex(model, source->build_id, source->build_id_count);
	object->link_map = source->link_map;
	object->base = source->base;
	object->map_start = source->map_start;
	object->map_end = source->map_end;
	object->size = source->size;
	object->inode = source->inode;
	object->mtime_ns = source->mtime_ns;
	object->begin_ns = event->time_ns;
	g_ptr_array_add(model->objects, object);
	return object;
}

static void unmap(struct process *process, struct object *object, int64_t time_ns)
{
	object->unloaded_ns = time_ns;
	g_hash_table_remove(process->by_link_map, &object->link_map);
	if (g_tree_lookup(process->by_address, &object->map_start) == object)
		g_tree_remove(process->by_address, &object->map_start);
}

static void map(struct process *process, struct object *object)
{
	struct object *stale = g_hash_table_lookup(process->by_link_map, &object->link_map);

	if (stale) /* its unload was not seen */
		unmap(process, stale, object->begin_ns);
	g_hash_table_replace(process->by_link_map, &object->link_map, object);
	g_tree_replace(process->by_address, &object->map_start, object);
}

static void attribute(struct process *process, struct object *object, uint64_t call)
{
	struct span *span = process_span(process, call);
	struct load *load = (struct load *)span;

	if (!span || span->kind != SPAN_LOAD)
		return;
	object->loaded_by = load;
	g_ptr_array_add(load->objects_added, object);
	if (!load->object && load->handle == object->link_map)
		load->object = object;
}

void object_appears(struct model *model, struct process *process, const struct event *event)
{
	struct object *object = object_create(model, process, event);

	map(process, object);
	attribute(process, object, event->object.call);
}

void object_goes(struct process *process, const struct event *event)
{
	struct object *object = g_hash_table_lookup(process->by_link_map, &event->unload.link_map);

	if (object)
		unmap(process, object, event->time_ns);
}

/* glibc's handles are the addresses of link_maps. */
struct object *process_object_of_handle(const struct process *process, uint64_t handle)
{
	return g_hash_table_lookup(process->by_link_map, &handle);
}

struct object *process_object_at(const struct process *process, uint64_t address)
{
	GTreeNode *after = g_tree_upper_bound(process->by_address, &address);
	GTreeNode *node = after ? g_tree_node_previous(after)
				: g_tree_node_last(process->by_address);
	struct object *object = node ? g_tree_node_value(node) : NULL;

	return object && address < object->map_end ? object : NULL;
}

/* A return address may be the first byte after its function, even after its
 * object: the call is before it. */
struct frame process_frame(const struct process *process, uint64_t return_address)
{
	return (struct frame){
		.address = return_address,
		.object = return_address ? process_object_at(process, return_address - 1) : NULL,
	};
}

/* --- what came later ------------------------------------------------------------- */

/* Constructors run before the event of their own object is written: their loads'
 * callers are found only afterwards.  Take the first object that came to be
 * mapped there and was not gone when the load began. */
static void find_late(const struct load *load, GPtrArray *objects, struct frame *frame)
{
	uint64_t address = frame->address - 1;
	guint i;

	if (frame->object || !frame->address)
		return;
	for (i = 0; i < objects->len; i++) {
		struct object *object = objects->pdata[i];

		if (object->process == load->span.process && address >= object->map_start &&
		    address < object->map_end &&
		    (!object->unloaded_ns || object->unloaded_ns > load->span.begin_ns)) {
			frame->object = object;
			return;
		}
	}
}

void frames_finish(struct model *model)
{
	guint i;
	uint32_t j;

	for (i = 0; i < model->loads->len; i++) {
		struct load *load = model->loads->pdata[i];

		find_late(load, model->objects, &load->caller);
		for (j = 0; j < load->stack_depth; j++)
			find_late(load, model->objects, &load->stack[j]);
	}
}
