/* SPDX-License-Identifier: MIT */
/* The slots of procedure linkage tables: see import_slot.h. */
#include "import_slot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "elf_image.h"

/* Was the page made read-only after relocation (elf/dl-reloc.c _dl_protect_relro), as
 * it is of an object linked with `-z now`? */
static bool is_relro(const struct elf_segments *segments, uintptr_t page, uintptr_t page_size)
{
	for (size_t i = 0; i < segments->count; i++) {
		const ElfW(Phdr) *header = &segments->headers[i];
		uintptr_t start = segments->base + header->p_vaddr, end = start + header->p_memsz;
		if (header->p_type == PT_GNU_RELRO && page >= (start & -page_size) &&
		    page < (end & -page_size))
			return true;
	}
	return false;
}

/* The pages of one object that were made read-only and hold slots to be set. */
struct closed_pages {
	uintptr_t start, end; /* end 0: none */
};

static void add_page(struct closed_pages *closed, uintptr_t page, uintptr_t size)
{
	closed->start = closed->end && closed->start < page ? closed->start : page;
	closed->end = closed->end > page + size ? closed->end : page + size;
}

/* Can the slot be set, once `closed` is open? */
static bool can_set(void **slot, struct closed_pages *closed)
{
	uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE), page = (uintptr_t)slot & -size;
	struct elf_segments segments;
	/* as the linker made it, it holds an offset in the file */
	if (!slot || !elf_segments((void *)slot, &segments) ||
	    (uintptr_t)__atomic_load_n(slot, __ATOMIC_RELAXED) < segments.base)
		return false;
	if (is_relro(&segments, page, size))
		add_page(closed, page, size);
	return true;
}

void import_replace_all(const struct link_map *importer, const struct import *imports, size_t count)
{
	struct closed_pages closed = { 0, 0 };
	const char *names[IMPORTS_MAX] = { NULL };
	void **slots[IMPORTS_MAX] = { NULL };
	for (size_t i = 0; i < count; i++)
		names[i] = imports[i].name;
	elf_import_slots(importer, names, count, slots);
	for (size_t i = 0; i < count; i++)
		if (!can_set(slots[i], &closed))
			slots[i] = NULL;
	if (closed.end && syscall(SYS_mprotect, closed.start, closed.end - closed.start,
				  PROT_READ | PROT_WRITE) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (slots[i])
			__atomic_store_n(slots[i], imports[i].function, __ATOMIC_RELAXED);
	if (closed.end)
		syscall(SYS_mprotect, closed.start, closed.end - closed.start, PROT_READ);
}

void import_replace(const struct link_map *importer, const char *name, void *function)
{
	import_replace_all(importer, &(struct import){ name, function }, 1);
}
