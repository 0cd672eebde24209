/* SPDX-License-Identifier: MIT */
/* Finding the real functions: see real.h. */
#include "real.h"

#include <link.h>
#include <stddef.h>

#include "elf_image.h"

#define HOOK(function, event_a, event_b) \
	extern char dlscope_unresolved_##function[], dlscope_entry_##function[];
#include "hooked_functions.def"
#undef HOOK

/* Defined through an alias of one type each, so that the table below can write
 * them all in one loop. */
#define HOOK(function, event_a, event_b) \
	__typeof__(dlscope_real_##function) dlscope_real_##function = \
		(__typeof__(dlscope_real_##function))(void *)dlscope_unresolved_##function;
#include "hooked_functions.def"
#undef HOOK

static const struct {
	const char *name;
	void *pointer; /* of type void (**)() */
	const char *entry;
} reals[] = {
#define HOOK(function, event_a, event_b) \
	{ #function, &dlscope_real_##function, dlscope_entry_##function },
#include "hooked_functions.def"
#undef HOOK
};

/* Our own struct link_map: the one whose dynamic section is ours. */
static const struct link_map *own_map(void)
{
	extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));
	const struct link_map *map = _r_debug.r_map;
	while (map && map->l_ld != _DYNAMIC)
		map = map->l_next;
	return map;
}

/* What RTLD_NEXT would find.  dlsym cannot be asked: we interpose it, and dlvsym
 * too.  The list of link maps starts with the objects mapped at start-up in the
 * order in which they are searched (elf/rtld.c), and libc is always among them. */
static void *next_definition(const struct link_map *self, const char *name)
{
	struct elf_symbol symbol;
	for (const struct link_map *map = self->l_next; map; map = map->l_next)
		if (elf_find_symbol(map, name, &symbol))
			return (void *)symbol.address;
	return NULL;
}

void *dlscope_next_definition(const char *name)
{
	const struct link_map *self = own_map();
	return self ? next_definition(self, name) : NULL;
}

enum { REALS = sizeof reals / sizeof reals[0] };
_Static_assert(REALS < 64, "sets of them are words");

/* Object by object: of most no name but a few is looked at. */
void dlscope_resolve_all(void)
{
	const struct link_map *self = own_map(), *map = self ? self->l_next : NULL;
	struct elf_name names[REALS];
	for (size_t i = 0; i < REALS; i++)
		elf_name_set(&names[i], reals[i].name);
	for (uint64_t missing = ((uint64_t)1 << REALS) - 1; map && missing; map = map->l_next) {
		uint64_t found = elf_find_names(map, names, REALS) & missing;
		missing &= ~found;
		for (; found; found &= found - 1) {
			size_t i = (size_t)__builtin_ctzll(found);
			struct elf_symbol symbol;
			elf_find_symbol(map, names[i].name, &symbol);
			__atomic_store_n((void **)reals[i].pointer, (void *)symbol.address,
					 __ATOMIC_RELAXED);
		}
	}
}

void dlscope_await_dlsym(void)
{
	__atomic_store_n((void **)&dlscope_real_dlsym, (void *)dlscope_unresolved_dlsym,
			 __ATOMIC_RELAXED);
}

const void *dlscope_real_behind(const void *address)
{
	for (size_t i = 0; i < REALS; i++) {
		if (reals[i].entry != address)
			continue;
		dlscope_resolve_all();
		return __atomic_load_n((void **)reals[i].pointer, __ATOMIC_RELAXED);
	}
	return NULL;
}
