/* SPDX-License-Identifier: MIT */
/*
 * Reading an ELF object where it is mapped, through its struct link_map.
 *
 * Used instead of dlsym and dlinfo where those cannot be: the shim interposes
 * them, they change the thread's dlerror() state, and they take the loader's
 * lock.  Nothing here allocates, locks or fails loudly; all of it is safe in a
 * signal handler, as long as the object stays mapped.
 */
#ifndef DLSCOPE_ELF_IMAGE_H
#define DLSCOPE_ELF_IMAGE_H

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_symbol {
	uintptr_t address;  /* run-time address; of an IFUNC, that of its resolver */
	unsigned char type; /* STT_* */
};

/* Looks `name` up among the symbols that `map` defines; of several versions the
 * default one is taken (gnu-gabi, "Symbol versioning": no VERSYM_HIDDEN). */
bool elf_find_symbol(const struct link_map *map, const char *name, struct elf_symbol *symbol);

/* A name to be asked for often, with its hash (gnu-gabi). */
struct elf_name {
	const char *name; /* NULL: no object has it */
	uint32_t hash;
};

void elf_name_set(struct elf_name *name, const char *text);

/* The program headers of an object, which lie where the begin of its file is mapped. */
struct elf_segments {
	const ElfW(Phdr) *headers;
	size_t count;
	uintptr_t base;
};

/* The headers of the file that is mapped from `start` on; false where there are none, and
 * where they lie behind the first page, which patchelf makes them do: then nothing says
 * whether they are mapped. */
bool elf_headers(const void *start, const ElfW(Phdr) **headers, size_t *count);

/* Those of the object that `address` lies in; false where there are none. */
bool elf_segments(const void *address, struct elf_segments *segments);

/* How many bytes there are from `address` to the end of what its segment has from the
 * file, if that is mapped with these flags (PF_*); else 0. */
size_t elf_room(const struct elf_segments *segments, uintptr_t address, uint32_t flags);

/* Does the object refer to the symbol `name`, as those do that import it? */
bool elf_imports(const struct link_map *map, const char *name);

/* Does an object's file say that this may be written to, relocation being over?  False
 * also where no object is. */
bool elf_is_writable(const void *address);

/* Bit i is set when `map` defines names[i]; count is 64 at most.  Most objects define
 * none: by the filter of DT_GNU_HASH that takes some ns a name. */
uint64_t elf_find_names(const struct link_map *map, const struct elf_name *names, size_t count);

/* Sets slots[i] to where the object keeps the address of the function names[i] that it
 * imports and calls (the slot of its procedure linkage table), if it does. */
void elf_import_slots(const struct link_map *map, const char *const *names, size_t count,
		      void ***slots);

/* The files that the object needs or filters (DT_NEEDED, DT_FILTER, DT_AUXILIARY), one a
 * call: begins where *at is NULL; returns NULL behind the last. */
const char *elf_needed(const struct link_map *map, const ElfW(Dyn) **at);

/* Sets names[] to the next `room` of what the object refers to and can do without (STB_WEAK),
 * and returns how many; *at is 0 before the first call. */
size_t elf_weak_imports(const struct link_map *map, size_t *at, struct elf_name *names,
			size_t room);

/* A slot of the procedure linkage table whose function ld.so looks up at the first call. */
struct elf_lazy_slot {
	void **slot;
	const char *name;
	bool versioned;	       /* one version of it is asked for */
	struct elf_symbol own; /* address 0 where the object does not define it itself */
};

/* Sets slots[] to the next `room` of the object's and returns how many; *at is 0 before the
 * first call.  None of an object that is bound as a whole when it is relocated (ld -z now). */
size_t elf_lazy_slots(const struct link_map *map, size_t *at, struct elf_lazy_slot *slots,
		      size_t room);

/* A text among the constants of the object at an address, read-only segments without
 * code, which begins with `start` and goes on with a digit; NULL when there is none. */
const char *elf_find_numbered(const void *address, const char *start);

/* DT_SONAME, or "" when there is none; borrowed from the object. */
const char *elf_soname(const struct link_map *map);

/* The GNU build-id among the mapped notes of an object: sets *id to its bytes,
 * borrowed, and returns their number, 0 when there is none. */
size_t elf_build_id(const ElfW(Phdr) *headers, size_t count, uintptr_t base, const uint8_t **id);

/* First and past-the-last address of the PT_LOAD segments. */
void elf_extent(const ElfW(Phdr) *headers, size_t count, uintptr_t base, uintptr_t *start,
		uintptr_t *end);

#endif
