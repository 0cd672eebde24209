/* SPDX-License-Identifier: MIT */
/*
 * Symbolizer on .symtab, or .dynsym where that was stripped, through libelf.
 */
#include "symbolize.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <glib.h>
#include <libelf.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

struct function {
	uint64_t start, size;
	const char *name; /* in `names` */
};

/* One file; without functions when it could not be used. */
struct symbol_file {
	GArray *functions; /* sorted by start */
	GStringChunk *names;
};

struct symbolizer {
	GHashTable *files; /* "build-id path" -> struct symbol_file */
};

static void symbol_file_free(void *data)
{
	struct symbol_file *file = data;

	g_array_free(file->functions, TRUE);
	g_string_chunk_free(file->names);
	g_free(file);
}

struct symbolizer *symbolizer_create(void)
{
	struct symbolizer *symbolizer = g_new0(struct symbolizer, 1);

	elf_version(EV_CURRENT);
	symbolizer->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
						  symbol_file_free);
	return symbolizer;
}

void symbolizer_free(struct symbolizer *symbolizer)
{
	g_hash_table_destroy(symbolizer->files);
	g_free(symbolizer);
}

/* --- build-id ---------------------------------------------------------------- */

static bool bytes_are_hex(const unsigned char *bytes, size_t size, const char *hex)
{
	size_t i;

	if (strlen(hex) != 2 * size)
		return false;
	for (i = 0; i < size; i++)
		if (g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]) !=
		    bytes[i])
			return false;
	return true;
}

/* Looks through one SHT_NOTE section for the build-id; *found when it has one. */
static bool notes_match(Elf_Data *data, const char *build_id, bool *found)
{
	size_t offset = 0, name, desc;
	GElf_Nhdr note;

	while ((offset = gelf_getnote(data, offset, &note, &name, &desc)) > 0) {
		const char *bytes = data->d_buf;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
		    memcmp(bytes + name, "GNU", sizeof("GNU")))
			continue;
		*found = true;
		return bytes_are_hex((const unsigned char *)bytes + desc, note.n_descsz, build_id);
	}
	return false;
}

/* An object without a build-id is only matched by a file without one. */
static bool build_id_matches(Elf *elf, const char *build_id)
{
	Elf_Scn *section = NULL;
	bool found = false;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_NOTE)
			continue;
		data = elf_getdata(section, NULL);
		if (data && notes_match(data, build_id, &found))
			return true;
		if (found)
			return false;
	}
	return !*build_id;
}

/* --- functions --------------------------------------------------------------- */

static Elf_Scn *find_section(Elf *elf, GElf_Word type, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, header) && header->sh_type == type)
			return section;
	return NULL;
}

static bool is_function(const GElf_Sym *symbol)
{
	unsigned int type = GELF_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_shndx != SHN_UNDEF &&
	       symbol->st_value;
}

static gint compare_functions(gconstpointer a, gconstpointer b)
{
	const struct function *first = a, *second = b;

	return first->start < second->start ? -1 : first->start > second->start;
}

static void read_functions(Elf *elf, struct symbol_file *file)
{
	GElf_Shdr header;
	Elf_Scn *section = find_section(elf, SHT_SYMTAB, &header);
	Elf_Data *data;
	GElf_Sym symbol;
	int i;

	if (!section)
		section = find_section(elf, SHT_DYNSYM, &header);
	data = section ? elf_getdata(section, NULL) : NULL;
	for (i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = is_function(&symbol)
					   ? elf_strptr(elf, header.sh_link, symbol.st_name)
					   : NULL;
		struct function function = { symbol.st_value, symbol.st_size, NULL };

		if (!name || !*name)
			continue;
		function.name = g_string_chunk_insert(file->names, name);
		g_array_append_val(file->functions, function);
	}
	g_array_sort(file->functions, compare_functions);
}

static struct symbol_file *open_file(const char *path, const char *build_id)
{
	struct symbol_file *file = g_new0(struct symbol_file, 1);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	Elf *elf;

	file->functions = g_array_new(FALSE, FALSE, sizeof(struct function));
	file->names = g_string_chunk_new(4096);
	/* not ELF_C_READ_MMAP: a file that is cut off meanwhile would be SIGBUS */
	elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	if (elf && elf_kind(elf) == ELF_K_ELF && build_id_matches(elf, build_id))
		read_functions(elf, file);
	elf_end(elf);
	return file;
}

static struct symbol_file *find_file(struct symbolizer *symbolizer, const char *path,
				     const char *build_id)
{
	g_autofree char *key = g_strconcat(build_id, " ", path, NULL);
	struct symbol_file *file = g_hash_table_lookup(symbolizer->files, key);

	if (!file) {
		file = open_file(path, build_id);
		g_hash_table_insert(symbolizer->files, g_steal_pointer(&key), file);
	}
	return file;
}

/* The last function that starts at or before `offset`, NULL if that is before it. */
static const struct function *last_before(const GArray *functions, uint64_t offset)
{
	guint low = 0, high = functions->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(functions, struct function, middle).start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &g_array_index(functions, struct function, low - 1) : NULL;
}

const char *symbolize(struct symbolizer *symbolizer, const char *path, const char *build_id,
		      uint64_t offset)
{
	const struct function *function;

	if (*path != '/')
		return NULL; /* the vdso, or a name that meant something elsewhere */
	function = last_before(find_file(symbolizer, path, build_id)->functions, offset);
	/* functions written in assembler often have no size */
	if (!function || (function->size && offset - function->start >= function->size))
		return NULL;
	return function->name;
}
