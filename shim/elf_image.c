/* SPDX-License-Identifier: MIT */
/* Symbol lookup by DT_GNU_HASH and DT_HASH, and notes: see elf_image.h.  Formats:
 * ELF gABI chapter 5; the GNU hash table as glibc's elf/dl-lookup.c reads it. */
#include "elf_image.h"

#include <string.h>

struct dynamic {
	const ElfW(Sym) *symbols;
	const char *strings;
	const uint32_t *gnu_hash, *hash;
	const ElfW(Half) *versions;
	uintptr_t soname; /* offset in strings, 0 = none */
};

/* glibc relocates the addresses in the dynamic section in place, but not where
 * that section is read-only, as in the vDSO (elf/dl-reloc.h dl_relocate_ld).  0 is none. */
static const void *dynamic_pointer(const struct link_map *map, uintptr_t value)
{
	return (const void *)(value && value < map->l_addr ? value + map->l_addr : value);
}

static bool read_dynamic(const struct link_map *map, struct dynamic *d)
{
	/* by tag: this runs some ten times for each object that is loaded */
	uintptr_t values[DT_SONAME + 1] = { 0 }, gnu_hash = 0, versions = 0;
	if (!map->l_ld)
		return false;
	for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		if ((uintptr_t)entry->d_tag <= DT_SONAME)
			values[entry->d_tag] = entry->d_un.d_val;
		else if (entry->d_tag == DT_GNU_HASH)
			gnu_hash = entry->d_un.d_ptr;
		else if (entry->d_tag == DT_VERSYM)
			versions = entry->d_un.d_ptr;
	}
	d->symbols = dynamic_pointer(map, values[DT_SYMTAB]);
	d->strings = dynamic_pointer(map, values[DT_STRTAB]);
	d->gnu_hash = dynamic_pointer(map, gnu_hash);
	d->hash = dynamic_pointer(map, values[DT_HASH]);
	d->versions = dynamic_pointer(map, versions);
	d->soname = values[DT_SONAME];
	return d->symbols && d->strings;
}

/* Not strcmp: the real functions are looked up while a sanitizer's runtime, whose
 * strcmp it would be, is itself being set up and asks dlsym for the real strcmp. */
static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static bool is_definition(const struct dynamic *d, uint32_t index, const char *name)
{
	const ElfW(Sym) *symbol = &d->symbols[index];
	return symbol->st_shndx != SHN_UNDEF && same(d->strings + symbol->st_name, name);
}

/* Of two definitions of a name (two versions) the default one wins. */
static bool better(const struct dynamic *d, uint32_t index, uint32_t best)
{
	return best == 0 || (d->versions && !(d->versions[index] & 0x8000));
}

static uint32_t gnu_hash_of(const char *name)
{
	uint32_t hash = 5381;
	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* DT_GNU_HASH, as the linkers of the GNU binutils make it. */
struct gnu_table {
	uint32_t bucket_count, first, bloom_size, shift;
	const ElfW(Addr) *bloom;
	const uint32_t *buckets, *chain;
};

static struct gnu_table gnu_table_of(const uint32_t *words)
{
	struct gnu_table table = {
		.bucket_count = words[0],
		.first = words[1],
		.bloom_size = words[2],
		.shift = words[3],
		.bloom = (const void *)&words[4],
	};
	table.buckets = (const void *)&table.bloom[table.bloom_size];
	table.chain = &table.buckets[table.bucket_count];
	return table;
}

/* The filter: two bits of one of its words for each name that is there. */
static bool may_have(const struct gnu_table *table, uint32_t hash)
{
	ElfW(Addr) word =
		table->bloom_size
			? table->bloom[hash / __ELF_NATIVE_CLASS & (table->bloom_size - 1)]
			: ~(ElfW(Addr))0;
	return word >> hash % __ELF_NATIVE_CLASS &
	       word >> (hash >> table->shift) % __ELF_NATIVE_CLASS & 1;
}

static uint32_t find_gnu(const struct dynamic *d, const struct gnu_table *table, const char *name,
			 uint32_t hash)
{
	uint32_t best = 0;
	uint32_t index = table->bucket_count ? table->buckets[hash % table->bucket_count] : 0;
	if (index < table->first)
		return 0;
	for (;; index++) {
		uint32_t entry = table->chain[index - table->first];
		if ((entry | 1) == (hash | 1) && is_definition(d, index, name) &&
		    better(d, index, best))
			best = index;
		if (entry & 1)
			return best;
	}
}

static uint32_t find_sysv(const struct dynamic *d, const char *name)
{
	uint32_t best = 0;
	uint32_t symbol_count = d->hash[1];
	for (uint32_t index = 1; index < symbol_count; index++)
		if (is_definition(d, index, name) && better(d, index, best))
			best = index;
	return best;
}

static uint32_t find_definition(const struct dynamic *d, const char *name, uint32_t hash)
{
	if (!d->gnu_hash)
		return d->hash ? find_sysv(d, name) : 0;
	struct gnu_table table = gnu_table_of(d->gnu_hash);
	return may_have(&table, hash) ? find_gnu(d, &table, name, hash) : 0;
}

void elf_name_set(struct elf_name *name, const char *text)
{
	name->hash = gnu_hash_of(text);
	name->name = text;
}

uint64_t elf_find_names(const struct link_map *map, const struct elf_name *names, size_t count)
{
	struct dynamic d;
	uint64_t found = 0;
	if (!read_dynamic(map, &d))
		return 0;
	struct gnu_table table = { 0 };
	if (d.gnu_hash)
		table = gnu_table_of(d.gnu_hash);
	for (size_t i = 0; i < count; i++)
		if (names[i].name && (!d.gnu_hash || may_have(&table, names[i].hash)) &&
		    find_definition(&d, names[i].name, names[i].hash))
			found |= (uint64_t)1 << i;
	return found;
}

static struct elf_symbol symbol_of(const struct link_map *map, const ElfW(Sym) *found)
{
	return (struct elf_symbol){
		.address = found->st_value + (found->st_shndx == SHN_ABS ? 0 : map->l_addr),
		.type = ELF64_ST_TYPE(found->st_info),
	};
}

bool elf_find_symbol(const struct link_map *map, const char *name, struct elf_symbol *symbol)
{
	struct dynamic d;
	if (!read_dynamic(map, &d))
		return false;
	uint32_t index = find_definition(&d, name, gnu_hash_of(name));
	if (index == 0)
		return false;
	*symbol = symbol_of(map, &d.symbols[index]);
	return true;
}

struct relocations {
	const ElfW(Rela) *first;
	size_t count;
};

/* Those of the table that `table` and `size` are the tags of. */
static struct relocations relocations_of(const struct link_map *map, ElfW(Sxword) table,
					 ElfW(Sxword) size)
{
	struct relocations found = { NULL, 0 };
	for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == table)
			found.first = dynamic_pointer(map, entry->d_un.d_ptr);
		else if (entry->d_tag == size)
			found.count = entry->d_un.d_val / sizeof *found.first;
	}
	return found.first ? found : (struct relocations){ NULL, 0 };
}

static const ElfW(Rela) *find_relocation(const struct dynamic *d, struct relocations in,
					 const char *name)
{
	for (const ElfW(Rela) *at = in.first; at < in.first + in.count; at++) {
		size_t symbol = ELF64_R_SYM(at->r_info); /* 0: the object's own address alone */
		if (symbol && same(d->strings + d->symbols[symbol].st_name, name))
			return at;
	}
	return NULL;
}

void elf_import_slots(const struct link_map *map, const char *const *names, size_t count,
		      void ***slots)
{
	struct dynamic d;
	if (!read_dynamic(map, &d))
		return;
	struct relocations in = relocations_of(map, DT_JMPREL, DT_PLTRELSZ);
	for (const ElfW(Rela) *at = in.first; at < in.first + in.count; at++) {
		const char *name = d.strings + d.symbols[ELF64_R_SYM(at->r_info)].st_name;
		for (size_t i = 0; i < count; i++)
			if (*names[i] == *name && same(names[i], name))
				slots[i] = (void **)(map->l_addr + at->r_offset);
	}
}

/* Not by undefined symbols: how many there are does not stand anywhere. */
bool elf_imports(const struct link_map *map, const char *name)
{
	struct dynamic d;
	return read_dynamic(map, &d) &&
	       (find_relocation(&d, relocations_of(map, DT_JMPREL, DT_PLTRELSZ), name) ||
		find_relocation(&d, relocations_of(map, DT_RELA, DT_RELASZ), name));
}

/* Is it relocated as a whole when it is loaded (elf/dl-reloc.c, elf/get-dynamic-info.h)? */
static bool is_bound_at_once(const struct link_map *map)
{
	for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_BIND_NOW ||
		    (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_BIND_NOW) ||
		    (entry->d_tag == DT_FLAGS_1 && entry->d_un.d_val & DF_1_NOW))
			return true;
	return false;
}

static struct elf_lazy_slot lazy_slot(const struct link_map *map, const struct dynamic *d,
				      const ElfW(Rela) *relocation)
{
	size_t index = ELF64_R_SYM(relocation->r_info);
	const ElfW(Sym) *symbol = &d->symbols[index];
	struct elf_lazy_slot slot = {
		.slot = (void **)(map->l_addr + relocation->r_offset),
		.name = d->strings + symbol->st_name,
		.versioned = d->versions && (d->versions[index] & 0x7fff) > VER_NDX_GLOBAL,
	};
	if (symbol->st_shndx != SHN_UNDEF)
		slot.own = symbol_of(map, symbol);
	return slot;
}

/* A relocation that has no symbol is an IFUNC of the object's own, and one of thread-local
 * data may stand among those of functions (aarch64). */
static bool is_of_function(const struct dynamic *d, const ElfW(Rela) *relocation)
{
	const ElfW(Sym) *symbol = &d->symbols[ELF64_R_SYM(relocation->r_info)];
	return symbol != d->symbols && ELF64_ST_TYPE(symbol->st_info) != STT_TLS;
}

size_t elf_lazy_slots(const struct link_map *map, size_t *at, struct elf_lazy_slot *slots,
		      size_t room)
{
	struct dynamic d;
	size_t count = 0;
	if (!read_dynamic(map, &d) || is_bound_at_once(map))
		return 0;
	struct relocations in = relocations_of(map, DT_JMPREL, DT_PLTRELSZ);
	for (; *at < in.count && count < room; ++*at)
		if (is_of_function(&d, &in.first[*at]))
			slots[count++] = lazy_slot(map, &d, &in.first[*at]);
	return count;
}

/* Those without those that have no symbol, which the linker puts first. */
static struct relocations of_symbols(const struct link_map *map)
{
	struct relocations in = relocations_of(map, DT_RELA, DT_RELASZ);
	for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_RELACOUNT && entry->d_un.d_val <= in.count) {
			in.first += entry->d_un.d_val;
			in.count -= entry->d_un.d_val;
		}
	return in;
}

size_t elf_weak_imports(const struct link_map *map, size_t *at, struct elf_name *names, size_t room)
{
	struct dynamic d;
	size_t count = 0;
	if (!read_dynamic(map, &d))
		return 0;
	struct relocations data = of_symbols(map);
	struct relocations slots = relocations_of(map, DT_JMPREL, DT_PLTRELSZ);
	for (; *at < data.count + slots.count && count < room; ++*at) {
		const ElfW(Rela) *relocation = *at < data.count ? &data.first[*at]
								: &slots.first[*at - data.count];
		const ElfW(Sym) *symbol = &d.symbols[ELF64_R_SYM(relocation->r_info)];
		if (symbol->st_shndx == SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) == STB_WEAK)
			elf_name_set(&names[count++], d.strings + symbol->st_name);
	}
	return count;
}

const char *elf_needed(const struct link_map *map, const ElfW(Dyn) **at)
{
	struct dynamic d;
	if (!read_dynamic(map, &d))
		return NULL;
	for (*at = *at ? *at + 1 : map->l_ld; (*at)->d_tag != DT_NULL; ++*at)
		if ((*at)->d_tag == DT_NEEDED || (*at)->d_tag == DT_FILTER ||
		    (*at)->d_tag == DT_AUXILIARY)
			return d.strings + (*at)->d_un.d_val;
	return NULL;
}

const char *elf_soname(const struct link_map *map)
{
	struct dynamic d;
	return read_dynamic(map, &d) && d.soname ? d.strings + d.soname : "";
}

static size_t note_build_id(const uint8_t *note, size_t size, const uint8_t **id)
{
	while (size >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *header = (const void *)note;
		size_t name_size = (header->n_namesz + 3) & ~(size_t)3;
		size_t total = sizeof *header + name_size + ((header->n_descsz + 3) & ~(size_t)3);
		if (total > size)
			return 0;
		if (header->n_type == NT_GNU_BUILD_ID && header->n_namesz == 4 &&
		    memcmp(header + 1, "GNU", 4) == 0) {
			*id = (const uint8_t *)(header + 1) + name_size;
			return header->n_descsz;
		}
		note += total;
		size -= total;
	}
	return 0;
}

size_t elf_build_id(const ElfW(Phdr) *headers, size_t count, uintptr_t base, const uint8_t **id)
{
	for (size_t i = 0; i < count; i++) {
		/* 8-aligned notes (.note.gnu.property) stand in a segment of their own */
		if (headers[i].p_type != PT_NOTE || headers[i].p_align > 4)
			continue;
		size_t size = note_build_id((const uint8_t *)(base + headers[i].p_vaddr),
					    headers[i].p_memsz, id);
		if (size)
			return size;
	}
	return 0;
}

void elf_extent(const ElfW(Phdr) *headers, size_t count, uintptr_t base, uintptr_t *start,
		uintptr_t *end)
{
	uintptr_t lowest = UINTPTR_MAX, highest = 0;
	for (size_t i = 0; i < count; i++) {
		if (headers[i].p_type != PT_LOAD)
			continue;
		uintptr_t from = base + headers[i].p_vaddr;
		uintptr_t to = from + headers[i].p_memsz;
		lowest = from < lowest ? from : lowest;
		highest = to > highest ? to : highest;
	}
	*start = lowest == UINTPTR_MAX ? base : lowest;
	*end = highest;
}

bool elf_headers(const void *start, const ElfW(Phdr) **headers, size_t *count)
{
	enum { PAGE = 4096 };
	const ElfW(Ehdr) *file = start;
	if (memcmp(file->e_ident, ELFMAG, SELFMAG) != 0 || file->e_phoff > PAGE ||
	    file->e_phoff + file->e_phnum * sizeof **headers > PAGE)
		return false;
	*headers = (const void *)((const char *)file + file->e_phoff);
	*count = file->e_phnum;
	return true;
}

bool elf_segments(const void *address, struct elf_segments *segments)
{
	struct dl_find_object object;
	if (_dl_find_object((void *)address, &object) != 0 ||
	    !elf_headers(object.dlfo_map_start, &segments->headers, &segments->count))
		return false;
	segments->base = object.dlfo_link_map->l_addr;
	return true;
}

size_t elf_room(const struct elf_segments *segments, uintptr_t address, uint32_t flags)
{
	uintptr_t offset = address - segments->base;
	for (size_t i = 0; i < segments->count; i++) {
		const ElfW(Phdr) *header = &segments->headers[i];
		if (header->p_type == PT_LOAD && (header->p_flags & flags) == flags &&
		    offset - header->p_vaddr < header->p_filesz)
			return header->p_filesz - (offset - header->p_vaddr);
	}
	return 0;
}

static const char *numbered_in(const char *at, size_t size, const char *start)
{
	const char *end = at + size;
	const size_t length = strlen(start);
	while ((at = memmem(at, (size_t)(end - at), start, length))) {
		at += length;
		if (at < end && *at >= '0' && *at <= '9' && memchr(at, '\0', (size_t)(end - at)))
			return at - length;
	}
	return NULL;
}

const char *elf_find_numbered(const void *address, const char *start)
{
	struct elf_segments segments;
	const char *found = NULL;
	if (!*start || !elf_segments(address, &segments))
		return NULL;
	for (size_t i = 0; i < segments.count && !found; i++) {
		const ElfW(Phdr) *header = &segments.headers[i];
		if (header->p_type == PT_LOAD && header->p_flags == PF_R)
			found = numbered_in((const char *)segments.base + header->p_vaddr,
					    header->p_filesz, start);
	}
	return found;
}

/* Whole pages have been made read-only after relocation (elf/dl-reloc.c
 * _dl_protect_relro). */
bool elf_is_writable(const void *address)
{
	struct elf_segments segments;
	bool writable = false;
	if (!elf_segments(address, &segments))
		return false;
	uintptr_t offset = (uintptr_t)address - segments.base;
	for (size_t i = 0; i < segments.count; i++) {
		const ElfW(Phdr) *header = &segments.headers[i];
		if (offset < header->p_vaddr || offset - header->p_vaddr >= header->p_memsz)
			continue;
		if (header->p_type == PT_GNU_RELRO)
			return false;
		writable |= header->p_type == PT_LOAD && header->p_flags & PF_W;
	}
	return writable;
}
