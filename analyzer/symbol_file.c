/* SPDX-License-Identifier: MIT */
/*
 * Through libdwfl, which knows where debug files are kept (by build-id, by
 * .gnu_debuglink and .gnu_debugaltlink, on a server) and how they are compressed.
 */
#include "symbol_file.h"

#include <elfutils/libdwfl.h>
#include <string.h>

#include "demangle.h"
#include "symbol_dwarf.h"
#include "symbol_find.h"
#include "symbol_table.h"

struct symbol_file {
	Dwfl_Callbacks callbacks;
	char *debug_path;
	Dwfl *dwfl;
	Dwfl_Module *module;
	GArray *table;
	struct symbol_dwarf *dwarf; /* NULL: none */
	GHashTable *demangled;	    /* name in the file -> readable */
};

/* libdwfl asks for this when symbols or DWARF are not in the file itself.  Below a
 * sysroot, debug directories repeat the path that the file has there. */
static int find_debuginfo(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
			  const char *file_name, const char *link, GElf_Word crc,
			  char **debug_file_name)
{
	const struct symbol_search *search = *userdata;
	size_t root = search->sysroot ? strlen(search->sysroot) : 0;
	int fd = dwfl_standard_find_debuginfo(module, userdata, name, base, file_name, link, crc,
					      debug_file_name);

	if (fd < 0 && root && file_name && !strncmp(file_name, search->sysroot, root))
		fd = dwfl_standard_find_debuginfo(module, userdata, name, base, file_name + root,
						  link, crc, debug_file_name);
	return fd;
}

/* The file at its own addresses: no bias. */
static bool report(struct symbol_file *file, const struct symbol_search *search, const char *path,
		   int fd)
{
	void **userdata;

	file->callbacks = (Dwfl_Callbacks){ .find_elf = dwfl_build_id_find_elf,
					    .find_debuginfo = find_debuginfo,
					    .section_address = dwfl_offline_section_address,
					    .debuginfo_path = &file->debug_path };
	file->dwfl = dwfl_begin(&file->callbacks);
	if (!file->dwfl)
		return false;
	dwfl_report_begin(file->dwfl);
	file->module = dwfl_report_elf(file->dwfl, path, path, fd, 0, true);
	if (file->module &&
	    !dwfl_module_info(file->module, &userdata, NULL, NULL, NULL, NULL, NULL, NULL))
		return false;
	if (file->module)
		*userdata = (void *)search;
	return !dwfl_report_end(file->dwfl, NULL, NULL) && file->module;
}

static void read_debug(struct symbol_file *file)
{
	Dwarf_Addr bias;
	Dwarf *dwarf;

	file->table = symbol_table_read(file->module);
	dwarf = dwfl_module_getdwarf(file->module, &bias);
	file->dwarf = dwarf ? symbol_dwarf_create(dwarf, bias) : NULL;
}

enum symbol_status symbol_file_open(const struct symbol_search *search,
				    const struct symbol_source *source, struct symbol_file **result,
				    char **reason)
{
	_cleanup_(cleanup_symbol_file_close) struct symbol_file *file = NULL;
	g_autofree char *path = NULL;
	_cleanup_close_ int fd = -1;
	enum symbol_status status;

	elf_version(EV_CURRENT);
	status = symbol_find(search, source, &fd, &path, reason);
	if (status != SYMBOLS_USABLE)
		return status;
	file = g_new0(struct symbol_file, 1);
	file->debug_path = symbol_debug_path(search);
	file->demangled = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free);
	if (!report(file, search, path, fd)) {
		*reason = g_strdup(dwfl_errmsg(-1));
		return SYMBOLS_DAMAGED;
	}
	fd = -1; /* libdwfl's */
	read_debug(file);
	*result = take_ptr(file);
	return SYMBOLS_USABLE;
}

void symbol_file_close(struct symbol_file *file)
{
	symbol_dwarf_free(file->dwarf);
	if (file->table)
		g_array_free(file->table, TRUE);
	dwfl_end(file->dwfl);
	g_hash_table_destroy(file->demangled);
	g_free(file->debug_path);
	g_free(file);
}

static const char *readable(struct symbol_file *file, const char *name)
{
	char *text;

	/* so begin the schemes of C++, Rust and D */
	if (!name || *name != '_')
		return name;
	text = g_hash_table_lookup(file->demangled, name);
	if (!text) {
		text = demangle(name);
		g_hash_table_insert(file->demangled, (char *)name, text);
	}
	return text;
}

void symbol_file_places(struct symbol_file *file, uint64_t offset, GArray *places)
{
	guint i, first = places->len;
	struct code_place place = { 0 };

	if (file->dwarf)
		symbol_dwarf_places(file->dwarf, offset, places);
	if (places->len == first)
		g_array_append_val(places, place);
	for (i = first; i < places->len; i++) {
		struct code_place *at = &g_array_index(places, struct code_place, i);

		/* a unit written in assembler has lines, but no functions */
		if (!at->function && i == places->len - 1)
			at->function = symbol_table_find(file->table, offset);
		at->function = readable(file, at->function);
	}
	if (!g_array_index(places, struct code_place, first).function &&
	    !g_array_index(places, struct code_place, first).file)
		g_array_set_size(places, first);
}
