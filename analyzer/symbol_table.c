/* SPDX-License-Identifier: MIT */
/*
 * libdwfl's own search by address looks through the whole table each time (100,000
 * addresses in libc: 6 s), hence a sorted copy.
 */
#include "symbol_table.h"

#include <string.h>

enum { OVERLAPS_MAX = 16 }; /* functions that may begin inside of another one */

struct function {
	uint64_t start, size;
	const char *name;
	uint8_t rank; /* of several names of one address the lowest is shown */
};

static bool is_function(const GElf_Sym *symbol)
{
	unsigned int type = GELF_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_shndx != SHN_UNDEF;
}

/* Public names before internal ones: dlopen before __dlopen before a static copy. */
static uint8_t rank_of(const GElf_Sym *symbol, const char *name)
{
	static const uint8_t bindings[] = { [STB_LOCAL] = 2, [STB_GLOBAL] = 0, [STB_WEAK] = 1 };
	unsigned int binding = GELF_ST_BIND(symbol->st_info);
	size_t underscores = name[0] == '_' && name[1] == 'Z' ? 0 : strspn(name, "_");

	return (uint8_t)(MIN(underscores, 7) * 4 +
			 (binding < G_N_ELEMENTS(bindings) ? bindings[binding] : 3));
}

static gint compare_functions(gconstpointer a, gconstpointer b)
{
	const struct function *first = a, *second = b;

	if (first->start != second->start)
		return first->start < second->start ? -1 : 1;
	if (first->rank != second->rank)
		return first->rank < second->rank ? 1 : -1; /* the best one last */
	return -strcmp(first->name, second->name);
}

GArray *symbol_table_read(Dwfl_Module *module)
{
	GArray *table = g_array_new(FALSE, FALSE, sizeof(struct function));
	int i, count = dwfl_module_getsymtab(module);

	for (i = 1; i < count; i++) {
		GElf_Sym symbol;
		GElf_Addr address;
		const char *name = dwfl_module_getsym_info(module, i, &symbol, &address, NULL, NULL,
							   NULL);

		if (!name || !*name || !is_function(&symbol))
			continue;
		g_array_append_vals(
			table,
			&(struct function){ address, symbol.st_size, name, rank_of(&symbol, name) },
			1);
	}
	g_array_sort(table, compare_functions);
	return table;
}

/* How many functions start at or before the address. */
static guint count_before(const GArray *table, uint64_t address)
{
	guint low = 0, high = table->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(table, struct function, middle).start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *symbol_table_find(const GArray *table, uint64_t address)
{
	guint i, last = count_before(table, address);

	for (i = last; i-- > 0 && last - i <= OVERLAPS_MAX;) {
		const struct function *function = &g_array_index(table, struct function, i);

		/* functions written in assembler often have no size */
		if (address - function->start < function->size ||
		    (!function->size && i == last - 1))
			return function->name;
	}
	return NULL;
}
