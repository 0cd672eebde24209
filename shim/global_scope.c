/* SPDX-License-Identifier: MIT */
/* Another list of the global scope for ld.so: see global_scope.h. */
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

enum { OBJECTS_MAX = 256, NEEDED_MAX = 64, SLOTS_MAX = 256, NAMES_AT_ONCE = 64 };

/* struct r_scope_elem of ld.so's include/link.h. */
struct scope {
	struct link_map **list;
	unsigned int count;
};

/* --- finding it ------------------------------------------------------------- */

/* From Linux 5.14 on that can be asked for; before, nothing is done.  False also for what is
 * no address. */
static bool is_writable(const void *start, size_t size)
{
	enum { POPULATE_WRITE = 23 }; /* MADV_POPULATE_WRITE */
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)start & -page;
	return syscall(SYS_madvise, first, (uintptr_t)start + size - first, POPULATE_WRITE) == 0;
}

static size_t loaded_count(void)
{
	size_t count = 0;
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
		count++;
	return count;
}

/* Are all of them in ld.so's list of objects?  They stand in nearly the same order there. */
static bool are_loaded(struct link_map *const *list, size_t count)
{
	const struct link_map *at = _r_debug.r_map;
	for (size_t i = 0; i < count; i++) {
		const struct link_map *map = at;
		while (map && map != list[i])
			map = map->l_next;
		for (map = map ? map : _r_debug.r_map; map && map != list[i];)
			map = map->l_next;
		if (!map)
			return false;
		at = map->l_next ? map->l_next : _r_debug.r_map;
	}
	return true;
}

/* An array of loaded objects that begins with the main program, and their number.  The
 * first that ld.so makes stands behind another of the same objects, in the order of their
 * constructors, and its NULL (elf/dl-deps.c); later ones, for what was opened with
 * RTLD_GLOBAL, are in the program's heap. */
static bool is_first_list(const uintptr_t *words, size_t loaded)
{
	size_t count = words[1];
	if (count < 3 || count > loaded || words[0] % sizeof words[0] || !words[0])
		return false;
	struct link_map *const *list = (void *)words[0];
	return is_writable(list - count - 1, (2 * count + 1) * sizeof *list) &&
	       list[0] == _r_debug.r_map && list[-1] == NULL && are_loaded(list, count) &&
	       are_loaded(list - count - 1, count);
}

/* It is the 91st word of a struct link_map in 2.36, and no farther than the 128th in any
 * version, which all of them are larger than. */
static struct scope *find_scope(void)
{
	enum { FIRST = sizeof(struct link_map) / sizeof(uintptr_t), PAST_LAST = 128 };
	const uintptr_t *words = (const void *)_r_debug.r_map;
	size_t loaded = loaded_count();
	for (size_t i = FIRST; i + 1 < PAST_LAST; i++)
		if (is_first_list(words + i, loaded))
			return (struct scope *)(words + i);
	return NULL;
}

/* --- choosing --------------------------------------------------------------- */

/* The objects of the scope in their order, and which of them are to go. */
struct cut {
	struct link_map *objects[OBJECTS_MAX];
	const char *names[OBJECTS_MAX]; /* DT_SONAME, or that of the file */
	bool hidden[OBJECTS_MAX];
	size_t count;
};

static size_t count_hidden(const struct cut *cut)
{
	size_t count = 0;
	for (size_t i = 0; i < cut->count; i++)
		count += cut->hidden[i];
	return count;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void look_at(struct cut *cut, const struct scope *scope)
{
	cut->count = scope->count;
	for (size_t i = 0; i < cut->count; i++) {
		const char *soname = elf_soname(scope->list[i]);
		cut->objects[i] = scope->list[i];
		cut->names[i] = *soname ? soname : file_name(scope->list[i]->l_name);
		cut->hidden[i] = false;
	}
}

/* Up to the version: a library may be named by a link to it. */
static bool is_same_library(const char *a, const char *b)
{
	while (*a && *a == *b && strncmp(a, ".so", 3) != 0)
		a++, b++;
	return *a == *b;
}

/* Those that an object needs and that are not yet as they shall be become so. */
static bool carry_over(struct cut *cut, size_t from, bool hidden)
{
	const char *needed[NEEDED_MAX];
	size_t count = elf_needed(cut->objects[from], needed, NEEDED_MAX);
	for (size_t k = 0; k < count && k < NEEDED_MAX; k++) {
		const char *name = file_name(needed[k]);
		for (size_t i = 0; i < cut->count; i++)
			if (cut->hidden[i] != hidden && is_same_library(cut->names[i], name))
				cut->hidden[i] = hidden;
	}
	return count <= NEEDED_MAX;
}

/* From all that are hidden, or are not. */
static bool spread(struct cut *cut, bool hidden)
{
	bool done[OBJECTS_MAX] = { false };
	for (size_t i = 0; i < cut->count;) {
		if (done[i] || cut->hidden[i] != hidden) {
			i++;
			continue;
		}
		if (!carry_over(cut, i, hidden))
			return false;
		done[i] = true;
		i = 0;
	}
	return true;
}

/* What is preloaded stands before what objects need, libc among it (elf/rtld.c). */
static void keep_preloaded(struct cut *cut, size_t but)
{
	for (size_t i = 0; i < cut->count && !is_same_library(cut->names[i], "libc.so.6"); i++)
		if (i != but)
			cut->hidden[i] = false;
}

/* The first object, what it needs, and not what others need. */
static bool choose(struct cut *cut, const struct scope *scope, const void *address)
{
	struct dl_find_object object;
	size_t first = 0;
	if (scope->count > OBJECTS_MAX || _dl_find_object((void *)address, &object) != 0)
		return false;
	look_at(cut, scope);
	while (first < cut->count && cut->objects[first] != object.dlfo_link_map)
		first++;
	if (first == cut->count)
		return false;
	cut->hidden[first] = true;
	if (!spread(cut, true))
		return false;
	keep_preloaded(cut, first);
	return spread(cut, false) && cut->hidden[first];
}

/* --- binding ---------------------------------------------------------------- */

/* What the hidden objects, or the others, define, of names[]. */
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

static bool bind(const struct cut *cut, const struct link_map *object, bool only_weak)
{
	struct elf_lazy_slot slots[SLOTS_MAX];
	size_t count = elf_lazy_slots(object, only_weak, slots, SLOTS_MAX);
	if (count > SLOTS_MAX)
		return false;
	for (size_t i = 0; i < count; i += NAMES_AT_ONCE)
		if (!bind_slots(cut, slots + i,
				count - i < NAMES_AT_ONCE ? count - i : NAMES_AT_ONCE))
			return false;
	return true;
}

/* ld.so looks a function up in the global scope when it is called first.  So do the other
 * objects with weak ones, whose addresses they may have taken already. */
static bool bind_all(const struct cut *cut)
{
	for (size_t i = 0; i < cut->count; i++)
		if (!bind(cut, cut->objects[i], !cut->hidden[i]))
			return false;
	return true;
}

/* --- cutting ---------------------------------------------------------------- */

/* Those that stay, then those that are hidden.  ld.so copies it when it adds to it, and never
 * frees what it takes for its first one (elf/dl-open.c add_to_global_resize()); where a
 * hidden object asks for RTLD_NEXT, it is looked for behind the end (elf/dl-lookup.c). */
static struct link_map *list[OBJECTS_MAX];
static struct scope *scope; /* NULL: nothing is hidden */
static unsigned int whole, rest;

static void fill_list(const struct cut *cut)
{
	struct link_map **to = list;
	for (int hidden = false; hidden <= true; hidden++)
		for (size_t i = 0; i < cut->count; i++)
			if (cut->hidden[i] == hidden)
				*to++ = cut->objects[i];
}

static bool hide(const void *address)
{
	struct scope *found = find_scope();
	struct cut cut;
	if (!found || !is_writable(found, sizeof *found) || !choose(&cut, found, address) ||
	    !bind_all(&cut))
		return false;
	fill_list(&cut);
	whole = (unsigned int)cut.count;
	rest = whole - (unsigned int)count_hidden(&cut);
	/* others may be reading: the number, and then the list (do_lookup_x()) */
	__atomic_store_n(&found->list, list, __ATOMIC_RELEASE);
	__atomic_store_n(&found->count, rest, __ATOMIC_RELEASE);
	__atomic_store_n(&scope, found, __ATOMIC_RELEASE);
	return true;
}

bool global_scope_hide(const void *address)
{
	int saved_errno = errno;
	bool hidden = hide(address);
	errno = saved_errno;
	return hidden;
}

/* Unless ld.so has another list by now, for what has been opened without our seeing it. */
void global_scope_show(void)
{
	struct scope *cut = __atomic_load_n(&scope, __ATOMIC_ACQUIRE);
	unsigned int expected = rest;
	if (cut && __atomic_load_n(&cut->list, __ATOMIC_ACQUIRE) == list)
		__atomic_compare_exchange_n(&cut->count, &expected, whole, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED);
}
