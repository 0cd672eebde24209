/* SPDX-License-Identifier: MIT */
/*
 * Which objects are mapped: see loaded_objects.h.
 *
 * A scan goes through glibc's list twice as often as needed and never holds two
 * locks: inside dl_iterate_phdr's callback what is new is only copied, because an
 * object may be unmapped the moment glibc lets its lock go; stat() and the events
 * come after.  When the copies fill the buffer, the events go out and the list is
 * gone through again, until a round finds nothing new.
 */
#include "loaded_objects.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caller.h"
#include "counters.h"
#include "elf_image.h"
#include "fork_guard.h"
#include "process.h"
#include "program_path.h"
#include "runtimes.h"
#include "stack.h"
#include "thread.h"
#include "trace.h"

/* --- the table ------------------------------------------------------------- */

enum { FREE = 0, DELETED = 1, FIRST = 2 }; /* places */
enum { GONE = 0 };			   /* keys */

/* By base address: that is what dl_iterate_phdr gives at no cost. */
static uintptr_t key_of(uintptr_t base)
{
	return base + 1;
}

static size_t first_slot(uintptr_t key)
{
	return (key >> 12) * 0x9e3779b97f4a7c15u >> (64 - 12);
}
_Static_assert(OBJECTS_MAX == 1 << 12, "first_slot");

static size_t next_slot(size_t slot)
{
	return (slot + 1) % OBJECTS_MAX;
}

/* Also without the lock: an object is written before the slot that leads to it, and a
 * number that has become another object's has another key; while it becomes that, what is
 * read of it may be of either (objects_brought_in() then looks once too often). */
static struct known_object *find_key(const struct loaded_objects *objects, uintptr_t key,
				     size_t *slot)
{
	*slot = first_slot(key);
	for (size_t probe = 0; probe < OBJECTS_MAX; probe++, *slot = next_slot(*slot)) {
		uint16_t place = __atomic_load_n(&objects->places[*slot], __ATOMIC_ACQUIRE);
		if (place == FREE)
			return NULL;
		if (place == DELETED)
			continue;
		const struct known_object *known = &objects->known[place - FIRST];
		if (__atomic_load_n(&known->key, __ATOMIC_ACQUIRE) == key)
			return (struct known_object *)known;
	}
	return NULL;
}

static struct known_object *find_known(const struct loaded_objects *objects, uintptr_t base)
{
	size_t slot;
	return find_key(objects, key_of(base), &slot);
}

static uint16_t take_number(struct loaded_objects *objects)
{
	if (objects->count == objects->ever)
		objects->used[objects->count] = (uint16_t)objects->ever++;
	return objects->used[objects->count++];
}

static bool add_known(struct loaded_objects *objects, const struct known_object *object)
{
	if (objects->count == OBJECTS_MAX)
		return false;
	uint16_t number = take_number(objects);
	struct known_object *known = &objects->known[number];
	*known = *object;
	known->number = __atomic_add_fetch(&objects->reported, 1, __ATOMIC_RELAXED);
	known->seen_in_sweep = objects->sweep;
	size_t slot = first_slot(object->key);
	for (size_t probe = 0; probe < OBJECTS_MAX && objects->places[slot] >= FIRST; probe++)
		slot = next_slot(slot);
	__atomic_store_n(&objects->places[slot], number + FIRST, __ATOMIC_RELEASE);
	return true;
}

/* `index` is one of `used`.  A deleted slot at the end of a probe sequence becomes
 * free again, so that the table does not fill with them.  The lock may have been taken over
 * (lock_objects()) from one who had not finished: then no place need lead to the object. */
static void remove_known(struct loaded_objects *objects, uint32_t index)
{
	uint16_t number = objects->used[index];
	struct known_object *known = &objects->known[number];
	size_t slot;
	bool is_placed = find_key(objects, known->key, &slot) == known;
	objects->used[index] = objects->used[--objects->count];
	objects->used[objects->count] = number;
	__atomic_store_n(&known->key, GONE, __ATOMIC_RELEASE);
	if (!is_placed)
		return;
	__atomic_store_n(&objects->places[slot], DELETED, __ATOMIC_RELEASE);
	while (objects->places[slot] == DELETED && objects->places[next_slot(slot)] == FREE) {
		__atomic_store_n(&objects->places[slot], FREE, __ATOMIC_RELEASE);
		slot = (slot + OBJECTS_MAX - 1) % OBJECTS_MAX;
	}
}

/* Another link map at the same base is another object: the one we knew went
 * without our seeing it. */
static bool is_known(const struct loaded_objects *objects, const struct link_map *map)
{
	const struct known_object *known = find_known(objects, map->l_addr);
	return known && known->map == (uintptr_t)map;
}

uint64_t objects_reported(const struct process *process)
{
	return __atomic_load_n(&process->objects.reported, __ATOMIC_RELAXED);
}

bool objects_brought_in(struct process *process, uint64_t call, uint64_t since,
			const struct link_map *handle)
{
	if (!is_known(&process->objects, handle)) {
		objects_scan(process, call, handle);
		return true;
	}
	const struct known_object *known = find_known(&process->objects, handle->l_addr);
	return known && (known->load == call || (!known->opened && known->number > since));
}

/* --- the lock --------------------------------------------------------------- */

/* A bounded wait, some 10 ms: the holder needs a few us.  Longer means that it
 * was left by siglongjmp from a signal handler, or that this thread forks from a
 * dl_iterate_phdr callback for which the holder waits; the lock is then taken
 * over, and at worst an object is told twice. */
static void lock_objects(struct loaded_objects *objects)
{
	for (unsigned tries = 0; tries < 30000; tries++) {
		if (!__atomic_exchange_n(&objects->lock, 1, __ATOMIC_ACQUIRE))
			return;
		sched_yield();
	}
}

static void unlock_objects(struct loaded_objects *objects)
{
	__atomic_store_n(&objects->lock, 0, __ATOMIC_RELEASE);
}

void objects_before_fork(void)
{
	lock_objects(&process_current()->objects);
}

/* In the parent.  In the child the lock has been wiped open. */
void objects_after_fork(void)
{
	unlock_objects(&process_current()->objects);
}

/* --- copying what is new ---------------------------------------------------- */

struct copy {
	uintptr_t map, base, start, end;
	uint32_t build_id_size;
	uint8_t build_id[DL_BUILD_ID_MAX];
	uint32_t path, soname; /* offsets in texts */
	uint64_t runtimes;
};

static struct {
	struct copy copies[64];
	unsigned count;
	uint32_t used;
	char texts[32768];
	bool full;
} fresh; /* guarded by the image's objects.lock */

static bool copy_text(const char *text, uint32_t *offset)
{
	size_t size = strnlen(text, DL_TEXT_MAX) + 1;
	if (size > sizeof fresh.texts - fresh.used)
		return false;
	*offset = fresh.used;
	memcpy(fresh.texts + fresh.used, text, size - 1);
	fresh.texts[fresh.used + size - 1] = '\0';
	fresh.used += (uint32_t)size;
	return true;
}

static void copy_object(const struct link_map *map, const ElfW(Phdr) *headers, size_t count)
{
	struct copy *copy = &fresh.copies[fresh.count];
	const uint8_t *build_id = NULL;
	fresh.full = fresh.count == sizeof fresh.copies / sizeof fresh.copies[0] ||
		     !copy_text(map->l_name, &copy->path) ||
		     !copy_text(elf_soname(map), &copy->soname);
	if (fresh.full)
		return;
	size_t size = elf_build_id(headers, count, map->l_addr, &build_id);
	copy->map = (uintptr_t)map;
	copy->base = map->l_addr;
	copy->runtimes = runtimes_of(map);
	elf_extent(headers, count, map->l_addr, &copy->start, &copy->end);
	copy->build_id_size = size < DL_BUILD_ID_MAX ? (uint32_t)size : DL_BUILD_ID_MAX;
	memcpy(copy->build_id, build_id ? build_id : (const uint8_t *)"", copy->build_id_size);
	fresh.count++;
}

static const struct link_map *map_of(const struct dl_phdr_info *info)
{
	struct dl_find_object object;
	uintptr_t start, end;
	elf_extent(info->dlpi_phdr, info->dlpi_phnum, info->dlpi_addr, &start, &end);
	return _dl_find_object((void *)start, &object) == 0 ? object.dlfo_link_map : NULL;
}

static int copy_if_new(struct dl_phdr_info *info, size_t size, void *context)
{
	struct loaded_objects *objects = context;
	/* Whose base is known is known, unless something went since the last sweep. */
	objects->loads = info->dlpi_adds;
	if (info->dlpi_subs == objects->unloads && find_known(objects, info->dlpi_addr))
		return 0;
	const struct link_map *map = map_of(info);
	if (map && !is_known(objects, map))
		copy_object(map, info->dlpi_phdr, info->dlpi_phnum);
	return fresh.full;
}

/* The namespace of a handle from dlmopen, if it is another than the one that
 * dl_iterate_phdr showed.  It is read without glibc's lock, but the handle keeps
 * its objects mapped. */
static void copy_namespace(struct loaded_objects *objects, const struct link_map *handle)
{
	const struct link_map *map = handle;
	while (map->l_prev)
		map = map->l_prev;
	if (map == _r_debug.r_map)
		return;
	for (; map && !fresh.full; map = map->l_next) {
		struct dl_find_object object;
		if (is_known(objects, map) || _dl_find_object((void *)map->l_ld, &object) != 0)
			continue;
		const ElfW(Phdr) *headers;
		size_t count;
		if (elf_headers(object.dlfo_map_start, &headers, &count))
			copy_object(map, headers, count);
	}
}

/* --- telling ---------------------------------------------------------------- */

/* Where the file is.  The main program's link map has no name, and the name of
 * an object opened by a relative path is relative to the directory of that
 * moment. */
static const char *full_path(const struct copy *copy, char *buffer, size_t size)
{
	const char *name = fresh.texts + copy->path;
	if (*name == '\0')
		return copy->map == (uintptr_t)_r_debug.r_map ? program_path() : "";
	if (*name == '/' || !strchr(name, '/'))
		return name;
	/* not getcwd(), which may allocate; the result includes the NUL */
	long length = syscall(SYS_getcwd, buffer, size);
	if (length <= 0 || (size_t)length + strlen(name) + 1 > size)
		return name;
	buffer[length - 1] = '/';
	strcpy(buffer + length, name);
	return buffer;
}

static void emit_object(const struct process *process, uint64_t load, const struct copy *copy)
{
	char *buffer = dlscope_thread.block->scratch;
	struct dl_call call;
	thread_call(&call, process);
	struct stat status;
	call.call = load;
	call.link_map = copy->map;
	call.base = copy->base;
	call.map_start = copy->start;
	call.map_end = copy->end;
	call.path = full_path(copy, buffer, 2 * DL_TEXT_MAX);
	call.soname = fresh.texts + copy->soname;
	call.build_id = copy->build_id;
	call.build_id_size = copy->build_id_size;
	if (*call.path == '/' && stat(call.path, &status) == 0) {
		call.device = status.st_dev;
		call.inode = status.st_ino;
		call.size = (uint64_t)status.st_size;
		call.mtime_ns = status.st_mtim.tv_sec * 1000000000LL + status.st_mtim.tv_nsec;
	}
	trace_emit(EVENT_object, &call);
}

/* The object at `index` of those in use has gone. */
static void tell_gone(struct process *process, uint64_t close, uint32_t index)
{
	struct loaded_objects *objects = &process->objects;
	const struct known_object *known = &objects->known[objects->used[index]];
	struct dl_call call;
	if (known->key == GONE) { /* half made, half removed */
		remove_known(objects, index);
		return;
	}
	thread_call(&call, process);
	call.call = close;
	call.link_map = known->map;
	call.base = known->key - key_of(0);
	caller_forget((const struct link_map *)known->map);
	stack_forget(call.base, known->end);
	remove_known(objects, index);
	trace_emit(EVENT_unload, &call);
}

static void tell_gone_at(struct process *process, uint64_t close, uintptr_t base)
{
	struct loaded_objects *objects = &process->objects;
	for (uint32_t index = objects->count; index-- > 0;)
		if (objects->known[objects->used[index]].key == key_of(base))
			tell_gone(process, close, index);
}

static int read_unloads(struct dl_phdr_info *info, size_t size, void *context)
{
	*(uint64_t *)context = info->dlpi_subs;
	return 1;
}

static void tell_fresh(struct process *process, uint64_t load, const struct link_map *handle)
{
	for (unsigned i = 0; i < fresh.count; i++) {
		const struct copy *copy = &fresh.copies[i];
		struct known_object known = { .key = key_of(copy->base),
					      .map = copy->map,
					      .end = copy->end,
					      .load = load,
					      .opened = copy->map == (uintptr_t)handle };
		if (find_known(&process->objects, copy->base))
			tell_gone_at(process, load, copy->base);
		if (!add_known(&process->objects, &known))
			counter_add(&process->counters.objects_dropped, 1);
		emit_object(process, load, copy);
		if (copy->runtimes)
			runtimes_notice(process, copy->runtimes, (const struct link_map *)copy->map,
					copy->start);
	}
}

void objects_scan(struct process *process, uint64_t call, const struct link_map *handle)
{
	struct loaded_objects *objects = &process->objects;
	if (!trace_on(EVENT_object) || !thread_block())
		return;
	lock_objects(objects);
	uint64_t dropped = process->counters.objects_dropped;
	if (call == 0)
		dl_iterate_phdr(read_unloads, &objects->unloads);
	do {
		fresh.count = fresh.used = 0;
		fresh.full = false;
		dl_iterate_phdr(copy_if_new, objects);
		if (handle && !fresh.full)
			copy_namespace(objects, handle);
		tell_fresh(process, call, handle);
	} while (fresh.full && fresh.count && dropped == process->counters.objects_dropped);
	unlock_objects(objects);
}

static int read_loads(struct dl_phdr_info *info, size_t size, void *context)
{
	*(uint64_t *)context = info->dlpi_adds;
	return 1;
}

void objects_before_load(struct process *process)
{
	struct loaded_objects *objects = &process->objects;
	uint64_t loads = 0;
	if (__atomic_fetch_add(&objects->opening, 1, __ATOMIC_RELAXED) > 0 || !fork_guard_enter())
		return;
	dl_iterate_phdr(read_loads, &loads);
	fork_guard_leave();
	if (loads != __atomic_load_n(&objects->loads, __ATOMIC_RELAXED))
		objects_scan(process, 0, NULL);
}

void objects_after_load(struct process *process)
{
	__atomic_fetch_sub(&process->objects.opening, 1, __ATOMIC_RELAXED);
}

/* --- what has gone ------------------------------------------------------------ */

static int mark_seen(struct dl_phdr_info *info, size_t size, void *context)
{
	struct loaded_objects *objects = context;
	struct known_object *known = find_known(objects, info->dlpi_addr);
	if (known)
		known->seen_in_sweep = objects->sweep;
	return 0;
}

/* Objects of other namespaces are not listed by dl_iterate_phdr; their mapping
 * tells. */
static bool still_mapped(const struct known_object *known)
{
	struct dl_find_object object;
	return _dl_find_object((void *)(known->end - 1), &object) == 0 &&
	       (uintptr_t)object.dlfo_link_map == known->map;
}

void objects_sweep(struct process *process, uint64_t call)
{
	struct loaded_objects *objects = &process->objects;
	uint64_t unloads = 0;
	if (!fork_guard_enter())
		return;
	dl_iterate_phdr(read_unloads, &unloads);
	fork_guard_leave();
	if (unloads == __atomic_load_n(&objects->unloads, __ATOMIC_RELAXED))
		return;
	lock_objects(objects);
	__atomic_store_n(&objects->unloads, unloads, __ATOMIC_RELAXED);
	objects->sweep++;
	dl_iterate_phdr(mark_seen, objects);
	for (uint32_t index = objects->count; index-- > 0;) {
		const struct known_object *known = &objects->known[objects->used[index]];
		if (known->seen_in_sweep != objects->sweep && !still_mapped(known))
			tell_gone(process, call, index);
	}
	unlock_objects(objects);
}
