/* SPDX-License-Identifier: MIT */
/*
 * The cache of callers: see caller.h.
 *
 * A small set-associative table keyed by link map.  Entries are sequence locks:
 * a reader that meets a writer, or a torn entry, computes the answer itself, so
 * nobody ever waits and a signal handler can do as it likes.
 */
#include "caller.h"

#include <stddef.h>

#include "call_as_layout.h"
#include "conventions.h"
#include "counters.h"
#include "runtimes.h"

_Static_assert(offsetof(struct call_as, function) == CALL_AS_FUNCTION, "call_as_layout.h");
_Static_assert(offsetof(struct call_as, gadget) == CALL_AS_GADGET, "call_as_layout.h");
_Static_assert(offsetof(struct call_as, frame_size) == CALL_AS_FRAME_SIZE, "call_as_layout.h");

/* An object is the same one only if all of these are: link maps are reused. */
struct key {
	uintptr_t map, start, end, unwind_table;
};

struct entry {
	uint32_t sequence; /* odd while being written */
	struct key key;
	struct gadget gadget;
	uint64_t runtimes;
	rule_set rules;
};

enum { SETS = 128, WAYS = 4 };
static struct entry cache[SETS][WAYS];

static size_t set_of(const struct link_map *map)
{
	/* struct link_map is about 1.1 KiB and malloc-aligned */
	return ((uintptr_t)map >> 6) * 0x9e3779b97f4a7c15u >> (64 - 7);
}

#define LOAD(word)	   __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELAXED)

static bool read_entry(struct entry *entry, const struct key *key, struct caller *caller)
{
	uint32_t before = __atomic_load_n(&entry->sequence, __ATOMIC_ACQUIRE);
	if (before & 1 || LOAD(entry->key.map) != key->map ||
	    LOAD(entry->key.start) != key->start || LOAD(entry->key.end) != key->end ||
	    LOAD(entry->key.unwind_table) != key->unwind_table)
		return false;
	caller->gadget.address = LOAD(entry->gadget.address);
	caller->gadget.frame_size = LOAD(entry->gadget.frame_size);
	caller->runtimes = LOAD(entry->runtimes);
	caller->rules = LOAD(entry->rules);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return LOAD(entry->sequence) == before;
}

static void write_entry(struct entry *entry, const struct key *key, const struct caller *caller)
{
	uint32_t before = LOAD(entry->sequence);
	if (before & 1 || !__atomic_compare_exchange_n(&entry->sequence, &before, before + 1, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	STORE(entry->key.map, key->map);
	STORE(entry->key.start, key->start);
	STORE(entry->key.end, key->end);
	STORE(entry->key.unwind_table, key->unwind_table);
	STORE(entry->gadget.address, caller->gadget.address);
	STORE(entry->gadget.frame_size, caller->gadget.frame_size);
	STORE(entry->runtimes, caller->runtimes);
	STORE(entry->rules, caller->rules);
	__atomic_store_n(&entry->sequence, before + 2, __ATOMIC_RELEASE);
}

static void examine(const struct dl_find_object *object, struct caller *caller)
{
	if (!gadget_usable() || !gadget_find(object, &caller->gadget))
		caller->gadget.address = 0;
	caller->runtimes = runtimes_of(object->dlfo_link_map);
	caller->rules = conventions_of(caller->runtimes);
}

void caller_find(const void *return_address, struct caller *caller)
{
	struct dl_find_object object;
	caller->near.address = 0;
	if (_dl_find_object((void *)return_address, &object) != 0) {
		counter_add(&counters()->callers_unknown, 1);
		if (gadget_usable())
			gadget_find_near(return_address, &caller->near);
		if (_dl_find_object((void *)_r_debug.r_map->l_ld, &object) != 0) {
			*caller = (struct caller){ .map = _r_debug.r_map };
			return;
		}
	}
	struct key key = { (uintptr_t)object.dlfo_link_map, (uintptr_t)object.dlfo_map_start,
			   (uintptr_t)object.dlfo_map_end, (uintptr_t)object.dlfo_eh_frame };
	struct entry *set = cache[set_of(object.dlfo_link_map)];
	caller->map = object.dlfo_link_map;
	for (size_t way = 0; way < WAYS; way++)
		if (read_entry(&set[way], &key, caller) &&
		    (!caller->gadget.address || gadget_is_valid(&caller->gadget)))
			return;
	examine(&object, caller);
	write_entry(&set[key.start / 4096 % WAYS], &key, caller);
}

void caller_forget(const struct link_map *map)
{
	static const struct key no_key;
	static const struct caller no_caller;
	struct entry *set = cache[set_of(map)];
	for (size_t way = 0; way < WAYS; way++)
		if (LOAD(set[way].key.map) == (uintptr_t)map)
			write_entry(&set[way], &no_key, &no_caller);
}

void *caller_call(const struct caller *caller, void *function, void *a, void *b, void *c)
{
	if (!caller->gadget.address)
		return (void *)dlscope_call((intptr_t)a, (intptr_t)b, (intptr_t)c, 0, 0, 0,
					    function);
	struct call_as how = { function, caller->gadget.address, caller->gadget.frame_size };
	return dlscope_call_as(&how, a, b, c);
}

bool caller_is_continuation(uintptr_t address)
{
	extern char dlscope_call_as_continuation_odd[], dlscope_call_as_continuation_even[];
	return address == (uintptr_t)dlscope_call_as_continuation_odd ||
	       address == (uintptr_t)dlscope_call_as_continuation_even;
}
