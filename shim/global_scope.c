/* SPDX-License-Identifier: MIT */
/* Cutting ld.so's list of the global scope: see global_scope.h. */
#include "global_scope.h"

#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "elf_image.h"

enum { OBJECTS_MAX = 256, SLOTS_MAX = 256, NAMES_AT_ONCE = 64 };

/* struct r_scope_elem of ld.so's include/link.h. */
struct scope {
	struct link_map **list;
	unsigned int count;
};

/* The objects of the scope in their order, and which of them are to go. */
struct cut {
	struct link_map *objects[OBJECTS_MAX];
	const char *sonames[OBJECTS_MAX];
	bool hidden[OBJECTS_MAX];
	size_t count;
};

static bool is_loaded(const struct link_map *object)
{
	const struct link_map *map = _r_debug.r_map;
	while (map && map != object)
		map = map->l_next;
	return map != NULL;
}

static size_t loaded_count(void)
{
	size_t count = 0;
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
		count++;
	return count;
}

/* An array of loaded objects that begins with the main program, and their number. */
static bool is_global_scope(const uintptr_t *words, size_t loaded)
{
	struct link_map *const *list = (void *)words[0];
	if (words[1] < 3 || words[1] > loaded || words[0] % sizeof *list != 0 ||
	    list[0] != _r_debug.r_map)
		return false;
	for (size_t i = 0; i < words[1]; i++)
		if (!is_loaded(list[i]))
			return false;
	return true;
}

/* Behind the five members that <link.h> has come some 90 words that are addresses, or
 * numbers that no address stands before. */
static struct scope *find_scope(void)
{
	enum { FIRST = sizeof(struct link_map) / sizeof(uintptr_t), PAST_LAST = 128 };
	const uintptr_t *words = (const void *)_r_debug.r_map;
	size_t loaded = loaded_count();
	for (size_t i = FIRST; i + 1 < PAST_LAST; i++)
		if (is_global_scope(words + i, loaded))
			return (struct scope *)(words + i);
	return NULL;
}

/* From Linux 5.14 on that can be asked for; before, nothing is done. */
static bool is_writable(const void *start, size_t size)
{
	enum { POPULATE_WRITE = 23 }; /* MADV_POPULATE_WRITE */
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)start & -page;
	return syscall(SYS_madvise, first, (uintptr_t)start + size - first, POPULATE_WRITE) == 0;
}

static void look_at(struct cut *cut, const struct scope *scope, const struct link_map *first)
{
	cut->count = scope->count;
	for (size_t i = 0; i < cut->count; i++) {
		cut->objects[i] = scope->list[i];
		cut->sonames[i] = elf_soname(scope->list[i]);
		cut->hidden[i] = scope->list[i] == first;
	}
}

static unsigned int count_hidden(const struct cut *cut)
{
	unsigned int count = 0;
	for (size_t i = 0; i < cut->count; i++)
		count += cut->hidden[i];
	return count;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* The object of that name, `count` where there is none. */
static size_t find_named(const struct cut *cut, const char *name)
{
	size_t i = 0;
	while (i < cut->count && strcmp(cut->sonames[i], name) != 0 &&
	       strcmp(file_name(cut->objects[i]->l_name), name) != 0)
		i++;
	return i;
}

/* What an object needs becomes as it is; false where that is not to be told. */
static bool carry_over(struct cut *cut, size_t from)
{
	const char *needed;
	for (size_t k = 0; (needed = elf_needed(cut->objects[from], k)); k++) {
		size_t to = find_named(cut, file_name(needed));
		if (to == cut->count)
			return false;
		cut->hidden[to] = cut->hidden[from];
	}
	return true;
}

/* Carries over from all that are hidden, or are not. */
static bool spread(struct cut *cut, bool hidden)
{
	bool done[OBJECTS_MAX] = { false };
	for (size_t i = 0; i < cut->count;) {
		if (done[i] || cut->hidden[i] != hidden) {
			i++;
			continue;
		}
		if (!carry_over(cut, i))
			return false;
		done[i] = true;
		i = 0;
	}
	return true;
}

/* The first object, what it needs, and not what others need. */
static bool choose(struct cut *cut, const struct scope *scope, const void *address)
{
	struct dl_find_object first;
	if (scope->count > OBJECTS_MAX || _dl_find_object((void *)address, &first) != 0)
		return false;
	look_at(cut, scope, first.dlfo_link_map);
	return count_hidden(cut) && spread(cut, true) && spread(cut, false);
}

/* What some of the objects define, of names[]. */
static uint64_t defined(const struct cut *cut, bool by_hidden, const struct elf_name *names,
			size_t count)
{
	uint64_t found = 0;
	for (size_t i = 0; i < cut->count; i++)
		if (cut->hidden[i] == by_hidden)
			found |= elf_find_names(cut->objects[i], names, count);
	return found;
}

static bool find_hidden(const struct cut *cut, const struct elf_lazy_slot *slot,
			struct elf_symbol *symbol)
{
	*symbol = slot->own;
	for (size_t i = 0; i < cut->count && !symbol->address; i++)
		if (cut->hidden[i])
			elf_find_symbol(cut->objects[i], slot->name, symbol);
	return symbol->address && symbol->type != STT_GNU_IFUNC;
}

/* Sets those of the slots whose functions nobody but the hidden objects defines. */
static bool bind_slots(const struct cut *cut, const struct elf_lazy_slot *slots, size_t count)
{
	struct elf_name names[NAMES_AT_ONCE];
	for (size_t i = 0; i < count; i++)
		elf_name_set(&names[i], slots[i].name);
	uint64_t wanted = defined(cut, true, names, count);
	for (size_t i = 0; i < count; i++)
		if (!(wanted >> i & 1))
			names[i].name = NULL;
	wanted &= ~defined(cut, false, names, count);
	for (; wanted; wanted &= wanted - 1) {
		const struct elf_lazy_slot *slot = &slots[__builtin_ctzll(wanted)];
		struct elf_symbol symbol;
		if (!find_hidden(cut, slot, &symbol))
			return false;
		__atomic_store_n(slot->slot, (void *)symbol.address, __ATOMIC_RELAXED);
	}
	return true;
}

/* ld.so looks a function that has not been called yet up in the global scope. */
static bool bind(const struct cut *cut, const struct link_map *object)
{
	struct elf_lazy_slot slots[SLOTS_MAX];
	size_t count = elf_lazy_slots(object, slots, SLOTS_MAX);
	if (count > SLOTS_MAX)
		return false;
	for (size_t i = 0; i < count; i += NAMES_AT_ONCE)
		if (!bind_slots(cut, slots + i,
				count - i < NAMES_AT_ONCE ? count - i : NAMES_AT_ONCE))
			return false;
	return true;
}

static bool bind_all(const struct cut *cut)
{
	for (size_t i = 0; i < cut->count; i++)
		if (cut->hidden[i] && !bind(cut, cut->objects[i]))
			return false;
	return true;
}

static struct scope *scope; /* NULL: nothing is hidden */
static struct link_map **list;
static unsigned int whole, rest; /* their numbers in `list` */

/* Others may be reading the list: all that stay are in it at any time.  ld.so, too, reads
 * the number first and then the list (elf/dl-lookup.c do_lookup_x()). */
static void rearrange(struct link_map **to, const struct cut *cut)
{
	for (int hidden = false; hidden <= true; hidden++)
		for (size_t i = 0; i < cut->count; i++)
			if (cut->hidden[i] == hidden)
				__atomic_store_n(to++, cut->objects[i], __ATOMIC_RELEASE);
}

static void hide(const void *address)
{
	struct scope *found = find_scope();
	struct cut cut;
	if (!found || !choose(&cut, found, address) || !is_writable(found, sizeof *found) ||
	    !is_writable(found->list, cut.count * sizeof cut.objects[0]) || !bind_all(&cut))
		return;
	scope = found;
	list = found->list;
	whole = found->count;
	rest = whole - count_hidden(&cut);
	rearrange(list, &cut);
	__atomic_store_n(&scope->count, rest, __ATOMIC_RELEASE);
}

void global_scope_hide(const void *address)
{
	int saved_errno = errno;
	hide(address);
	errno = saved_errno;
}

/* Unless ld.so has made another list meanwhile. */
void global_scope_show(void)
{
	unsigned int expected = rest;
	if (scope && __atomic_load_n(&scope->list, __ATOMIC_ACQUIRE) == list)
		__atomic_compare_exchange_n(&scope->count, &expected, whole, false,
					    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}
