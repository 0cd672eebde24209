/* SPDX-License-Identifier: MIT */
/*
 * What an ELF file says of itself, through libelf.
 */
#include "elf_facts.h"

#include <elf.h>
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum symbol_kind { IMPORTED, DEFINED };

static const struct {
	const char *name;
	enum symbol_kind kind;
} rows[] = {
#define SYMBOL(name, kind, check) { #name, kind },
#include "doctor_symbols.def"
#undef SYMBOL
};

_Static_assert((int)SYMBOL_ROWS <= (int)SYMBOLS_MAX, "struct elf_facts has a bit for each row");

const char *elf_symbol_name(enum elf_symbol_row row)
{
	return rows[row].name;
}

void elf_facts_free(struct elf_facts *facts)
{
	free(facts->interpreter);
	free(facts->soname);
	free(facts);
}

static void elf_close(Elf **elf)
{
	elf_end(*elf);
}

/* --- program header ------------------------------------------------------------ */

/* The bytes may lie outside the file or lack their NUL. */
static char *read_text(int fd, uint64_t offset, uint64_t size)
{
	char text[PATH_MAX] = "";

	if (size > sizeof(text) - 1)
		size = sizeof(text) - 1;
	if (offset > INT64_MAX || pread(fd, text, size, (off_t)offset) < 0)
		return NULL;
	return strdup(text);
}

static void read_interpreter(Elf *elf, int fd, struct elf_facts *facts)
{
	size_t count = 0;
	GElf_Phdr header;

	if (elf_getphdrnum(elf, &count) < 0)
		return;
	for (size_t i = 0; i < count && i < INT_MAX; i++) {
		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_INTERP)
			continue;
		facts->interpreter = read_text(fd, header.p_offset, header.p_filesz);
		return;
	}
}

/* --- sections ------------------------------------------------------------------ */

enum state { NEEDED, OPTIONAL, HAD };

typedef void symbol_fn(const char *name, enum state state, void *data);

static enum state state_of(const GElf_Sym *symbol)
{
	if (symbol->st_shndx != SHN_UNDEF)
		return HAD;
	return GELF_ST_BIND(symbol->st_info) == STB_WEAK ? OPTIONAL : NEEDED;
}

static void each_symbol(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, symbol_fn *function,
			void *data)
{
	Elf_Data *symbols = elf_getdata(section, NULL);
	GElf_Sym symbol;

	for (int i = 1; symbols && gelf_getsym(symbols, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name)
			function(name, state_of(&symbol), data);
	}
}

static void note_symbol(const char *name, enum state state, void *data)
{
	struct elf_facts *facts = data;

	for (size_t i = 0; i < SYMBOL_ROWS; i++)
		if ((rows[i].kind == DEFINED) == (state == HAD) && strcmp(name, rows[i].name) == 0)
			facts->symbols |= 1u << i;
}

static void read_soname(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			struct elf_facts *facts)
{
	Elf_Data *entries = elf_getdata(section, NULL);
	GElf_Dyn entry;

	for (int i = 0; entries && gelf_getdyn(entries, i, &entry) && entry.d_tag != DT_NULL; i++) {
		const char *name = entry.d_tag == DT_SONAME
					   ? elf_strptr(elf, header->sh_link, entry.d_un.d_val)
					   : NULL;

		if (name && !facts->soname)
			facts->soname = strdup(name);
	}
}

static void read_sections(Elf *elf, struct elf_facts *facts)
{
	Elf_Scn *section = NULL;
	size_t names = 0;
	GElf_Shdr header;

	elf_getshdrstrndx(elf, &names);
	while ((section = elf_nextscn(elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name && strcmp(name, ".go.buildinfo") == 0)
			facts->is_go = true;
		if (header.sh_type == SHT_DYNAMIC)
			read_soname(elf, section, &header, facts);
		if (header.sh_type != SHT_DYNSYM)
			continue;
		facts->has_symbols = true;
		each_symbol(elf, section, &header, note_symbol, facts);
	}
}

/* --- files --------------------------------------------------------------------- */

/* A FIFO would block, a device may do anything. */
static int open_file(const char *path, int *error_number)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*error_number = fd < 0 ? errno : 0;
	if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)))
		return fd;
	close(fd);
	return -1;
}

struct elf_facts *elf_facts_read(const char *path, int *error_number)
{
	_cleanup_close_ int fd = open_file(path, error_number);
	_cleanup_(elf_close) Elf *elf = NULL;
	struct elf_facts *facts;
	GElf_Ehdr header;

	if (fd < 0)
		return NULL;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return NULL;
	facts = calloc(1, sizeof(*facts));
	if (!facts) {
		*error_number = ENOMEM;
		return NULL;
	}
	facts->class = header.e_ident[EI_CLASS];
	facts->machine = header.e_machine;
	facts->type = header.e_type;
	read_interpreter(elf, fd, facts);
	read_sections(elf, facts);
	return facts;
}

/* --- exports ------------------------------------------------------------------- */

static bool has_build_id(Elf *elf, const char *hex)
{
	const void *id;
	ssize_t size = dwelf_elf_gnu_build_id(elf, &id);

	if (size <= 0)
		return size == 0 && !*hex;
	if (strlen(hex) != 2 * (size_t)size)
		return false;
	for (ssize_t i = 0; i < size; i++) {
		unsigned int byte;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1 || byte != ((const uint8_t *)id)[i])
			return false;
	}
	return true;
}

struct exports {
	elf_export_fn *function;
	void *data;
};

static void pass_export(const char *name, enum state state, void *data)
{
	const struct exports *exports = data;

	if (state == HAD)
		exports->function(name, exports->data);
}

static void pass_import(const char *name, enum state state, void *data)
{
	const struct exports *exports = data;

	if (state == NEEDED)
		exports->function(name, exports->data);
}

static bool each_of(const char *path, const char *build_id, symbol_fn *pass,
		    struct exports *exports)
{
	int error_number;
	_cleanup_close_ int fd = open_file(path, &error_number);
	_cleanup_(elf_close) Elf *elf = NULL;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	elf_version(EV_CURRENT);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF || (build_id && !has_build_id(elf, build_id)))
		return false;
	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_DYNSYM)
			each_symbol(elf, section, &header, pass, exports);
	return true;
}

bool elf_each_export(const char *path, const char *build_id, elf_export_fn *function, void *data)
{
	struct exports exports = { function, data };

	return each_of(path, build_id, pass_export, &exports);
}

bool elf_each_import(const char *path, const char *build_id, elf_export_fn *function, void *data)
{
	struct exports exports = { function, data };

	return each_of(path, build_id, pass_import, &exports);
}

struct search {
	const char *name;
	bool found;
};

static void compare_symbol(const char *name, void *data)
{
	struct search *search = data;

	search->found |= strcmp(name, search->name) == 0;
}

bool elf_defines(const char *path, const char *symbol)
{
	struct search search = { symbol, false };

	return elf_each_export(path, NULL, compare_symbol, &search) && search.found;
}
