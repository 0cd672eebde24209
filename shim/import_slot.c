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

static void set_slot(void **slot, void *function)
{
	uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE), page = (uintptr_t)slot & -size;
	struct elf_segments segments;
	if (!elf_segments((void *)slot, &segments))
		return;
	/* as the linker made it, it holds an offset in the file */
	if ((uintptr_t)__atomic_load_n(slot, __ATOMIC_RELAXED) < segments.base)
		return;
	bool relro = is_relro(&segments, page, size);
	if (relro && syscall(SYS_mprotect, page, size, PROT_READ | PROT_WRITE) != 0)
		return;
	__atomic_store_n(slot, function, __ATOMIC_RELAXED);
	if (relro)
		syscall(SYS_mprotect, page, size, PROT_READ);
}

void import_replace(const struct link_map *importer, const char *name, void *function)
{
	void **slot = elf_import_slot(importer, name);
	if (slot)
		set_slot(slot, function);
}
