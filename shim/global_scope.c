/* SPDX-License-Identifier: MIT */
/* Another list of the global scope for ld.so: see global_scope.h. */
#include "global_scope.h"

#include <errno.h>
#include <link.h>
#include <linux/membarrier.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "elf_image.h"

enum { OBJECTS_MAX = 256, NAMES_AT_ONCE = 64 };

/* struct r_scope_elem of ld.so's include/link.h. */
struct scope {
	struct link_map **list;
	unsigned int count;
};

/* --- finding it ------------------------------------------------------------- */

/* From Linux 5.14 on that can be asked for (MADV_POPULATE_WRITE); before, nothing is done.
 * False also for what is no address. */
static bool is_writable(const void *start, size_t size)
{
	enum { POPULATE_WRITE = 23 };
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
	uint32_t sonames[OBJECTS_MAX], files[OBJECTS_MAX]; /* library_of() */
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

/* Of a file's name, up to the version, without its directory: a library may be named by a
 * link to it. */
static uint32_t library_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	uint32_t hash = 5381;
	for (const char *at = slash ? slash + 1 : path; *at && strncmp(at, ".so", 3) != 0; at++)
		hash = hash * 33 + (unsigned char)*at;
	return hash;
}

static void look_at(struct cut *cut, const struct scope *scope)
{
	cut->count = scope->count;
	for (size_t i = 0; i < cut->count; i++) {
		cut->objects[i] = scope->list[i];
		cut->sonames[i] = library_of(elf_soname(scope->list[i]));
		cut->files[i] = library_of(scope->list[i]->l_name);
		cut->hidden[i] = false;
	}
}

/* What an object needs becomes as it is.  False where that is not to be told. */
static bool carry_over(struct cut *cut, size_t from)
{
	const ElfW(Dyn) *at = NULL;
	for (const char *name; (name = elf_needed(cut->objects[from], &at));) {
		uint32_t library = library_of(name);
		bool found = false;
		for (size_t i = 0; i < cut->count; i++)
			if (cut->sonames[i] == library || cut->files[i] == library) {
				cut->hidden[i] = cut->hidden[from];
				found = true;
			}
		if (!found)
			return false;
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

/* What is preloaded stands before what objects need, libc among it (elf/rtld.c). */
static void keep_preloaded(struct cut *cut, size_t but)
{
	const uint32_t libc = library_of("libc.so.6");
	for (size_t i = 0; i < cut->count && cut->sonames[i] != libc; i++)
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

/* --- binding ----------------------------------------------------------------
 *
 * ld.so looks a function up when it is called first, in the scope as it is then.  What only
 * the hidden objects define is set before: for their own calls of each other, and for others'
 * that have taken the address of a weak one when they were relocated, and found it.
 */

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

/* Is the first in the scope that defines it one that stays, and not asked for a version? */
static bool stays(const struct cut *cut, const struct elf_lazy_slot *slot)
{
	struct elf_symbol symbol;
	size_t i = 0;
	while (i < cut->count && !elf_find_symbol(cut->objects[i], slot->name, &symbol))
		i++;
	return i < cut->count && !cut->hidden[i] && !slot->versioned;
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

static bool bind_slot(const struct cut *cut, const struct elf_lazy_slot *slot)
{
	struct elf_symbol symbol;
	if (!find_hidden(cut, slot, &symbol))
		return false;
	__atomic_store_n(slot->slot, (void *)symbol.address, __ATOMIC_RELAXED);
	return true;
}

/* False where one has a definition here and another there, and it cannot be told which is
 * meant. */
static bool bind_slots(const struct cut *cut, bool of_hidden, const struct elf_lazy_slot *slots,
		       size_t count)
{
	struct elf_name names[NAMES_AT_ONCE];
	for (size_t i = 0; i < count; i++)
		if (of_hidden || !slots[i].own.address)
			elf_name_set(&names[i], slots[i].name);
		else
			names[i].name = NULL;
	uint64_t wanted = defined(cut, true, names, count);
	for (size_t i = 0; i < count; i++)
		if (!(wanted >> i & 1))
			names[i].name = NULL;
	uint64_t both = wanted ? wanted & defined(cut, false, names, count) : 0;
	for (; wanted; wanted &= wanted - 1) {
		const struct elf_lazy_slot *slot = &slots[__builtin_ctzll(wanted)];
		if (both & wanted & -wanted ? !stays(cut, slot) : !bind_slot(cut, slot))
			return false;
	}
	return true;
}

static bool is_hidden(const struct cut *cut, const struct link_map *object)
{
	size_t i = 0;
	while (i < cut->count && cut->objects[i] != object)
		i++;
	return i < cut->count && cut->hidden[i];
}

static bool bind(const struct cut *cut, const struct link_map *object, bool hidden)
{
	struct elf_lazy_slot slots[NAMES_AT_ONCE];
	size_t at = 0, count;
	while ((count = elf_lazy_slots(object, &at, slots, NAMES_AT_ONCE)))
		if (!bind_slots(cut, hidden, slots, count))
			return false;
	return true;
}

static bool found_weak(const struct cut *cut, const struct link_map *object)
{
	struct elf_name names[NAMES_AT_ONCE];
	size_t at = 0, count;
	while ((count = elf_weak_imports(object, &at, names, NAMES_AT_ONCE)))
		if (defined(cut, true, names, count))
			return true;
	return false;
}

/* Constructors may have loaded more than what is in the scope. */
static bool bind_all(const struct cut *cut)
{
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next) {
		bool hidden = is_hidden(cut, map);
		if ((hidden || found_weak(cut, map)) && !bind(cut, map, hidden))
			return false;
	}
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
	struct cut cut;
	if (is_writable(NULL, 1)) /* who emulates Linux may say so of everything */
		return false;
	struct scope *found = find_scope();
	if (!found || !is_writable(found, sizeof *found) || !choose(&cut, found, address) ||
	    !bind_all(&cut))
		return false;
	fill_list(&cut);
	whole = (unsigned int)cut.count;
	rest = whole - (unsigned int)count_hidden(&cut);
	/* others may be reading: the number, and then the list (do_lookup_x()), with nothing
	 * between the two but the compiler's order */
	__atomic_store_n(&found->list, list, __ATOMIC_RELEASE);
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
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
