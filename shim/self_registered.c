/* SPDX-License-Identifier: MIT */
/*
 * See self_registered.h, self_registered.def.
 *
 * The runtime keeps the pointer that it was given where nobody sees it, and what is given
 * is not seen either: the function that takes it is the main program's, which no preloaded
 * library stands before, and exporting its name would have programs find it that have no
 * such runtime.  So the structure is looked for in the module's variables.  It is taken
 * for one only if every member is what it must be; where something else looked like that,
 * its function would be timed, and do what it did.
 */
#include "self_registered.h"

#include <stddef.h>
#include <string.h>

#include "conventions.h"
#include "elf_image.h"
#include "init_functions.h"
#include "runtimes.h"
#include "settings.h"
#include "thunk_pool.h"
#include "trace.h"

static const struct kind {
	enum rule rule;
	const char *function, *structure, *member;
} kinds[] = {
#define SELF_REGISTERED(convention, function, structure, member) \
	{ RULE_##convention, function, structure, member },
#include "self_registered.def"
#undef SELF_REGISTERED
};

enum { KINDS = sizeof kinds / sizeof kinds[0], NUMBER_MAX = 0xffff };

struct module {
	const struct link_map *map;
	struct elf_segments segments;
};

static bool is_text(const struct module *module, uint64_t word)
{
	size_t room = elf_room(&module->segments, word, PF_R);
	const char *text = (const char *)word;
	return room && *text && memchr(text, '\0', room);
}

static bool is_function(const struct module *module, uint64_t word)
{
	const struct thunk *thunk = thunk_at((const void *)word);
	return elf_room(&module->segments, thunk ? (uintptr_t)thunk->function : word, PF_X) > 0;
}

static bool is_member(const struct module *module, char letter, uint64_t word)
{
	uint32_t version = (uint32_t)word, flags = (uint32_t)(word >> 32);
	switch (letter) {
	case 'V': return version > 0 && version <= NUMBER_MAX && flags <= NUMBER_MAX;
	case 'T': return is_text(module, word);
	case 'F': return is_function(module, word);
	case 'N': return word == 0;
	case 'H': return word == 0 || word == (uintptr_t)module->map;
	default: return true;
	}
}

static bool is_structure(const struct module *module, const struct kind *kind,
			 const uint64_t *words)
{
	for (size_t i = 0; kind->structure[i]; i++)
		if (!is_member(module, kind->structure[i], words[i]))
			return false;
	return true;
}

static void wrap(struct span *span, const struct kind *kind, uint64_t *words)
{
	void **function = (void **)&words[strcspn(kind->structure, "F")];
	const struct thunk *known = thunk_at(*function);
	if (!elf_is_writable(function))
		return;
	void *thunk = init_thunk_registered(span, convention_of(kind->rule), kind->member,
					    known ? known->function : *function);
	__atomic_store_n(function, thunk, __ATOMIC_RELEASE);
}

/* In what the file has of a segment that is written to. */
static void look_in(struct span *span, const struct module *module, const ElfW(Phdr) *segment,
		    const struct kind *kind)
{
	size_t size = strlen(kind->structure);
	uintptr_t start = module->map->l_addr + segment->p_vaddr, end = start + segment->p_filesz;
	uint64_t *words = (uint64_t *)((start + 7) & ~(uintptr_t)7);
	for (; (uintptr_t)(words + size) <= end; words++)
		if (is_structure(module, kind, words))
			wrap(span, kind, words);
}

static void look_for(struct span *span, const struct module *module, const struct kind *kind)
{
	for (size_t i = 0; i < module->segments.count; i++) {
		const ElfW(Phdr) *segment = &module->segments.headers[i];
		if (segment->p_type == PT_LOAD && segment->p_flags & PF_W)
			look_in(span, module, segment, kind);
	}
}

static bool is_here(const struct process *process, const struct kind *kind)
{
	return __atomic_load_n(&process->runtimes, __ATOMIC_RELAXED) &
	       RUNTIME_BIT(convention_of(kind->rule)->runtime);
}

void self_registered_wrap(struct span *span, const struct link_map *map)
{
	struct module module = { .map = map };
	if (settings.dlsym == DLSYM_NONE || !trace_on(EVENT_init_begin) ||
	    !elf_segments(map->l_ld, &module.segments))
		return;
	for (size_t i = 0; i < KINDS; i++)
		if (is_here(span->process, &kinds[i]) && elf_imports(map, kinds[i].function))
			look_for(span, &module, &kinds[i]);
}
