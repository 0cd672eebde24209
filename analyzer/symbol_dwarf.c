/* SPDX-License-Identifier: MIT */
/*
 * libdw finds the scopes around an address by walking all of a unit, every time.
 * Here the units are listed once by address, the functions of a unit when the first
 * address in it is asked for, and only the one function's own tree is searched for
 * what was inlined into it.  .debug_aranges is not relied on: clang and rustc write
 * none.
 */
#include "symbol_dwarf.h"

#include <dwarf.h>

enum {
	DEPTH_MAX = 64,	   /* nesting of inlined functions, of namespaces */
	RANGES_MAX = 4096, /* of one entry */
};

struct range {
	uint64_t start, end;
	Dwarf_Die die;
};

/* A unit whose functions have been listed. */
struct unit {
	GArray *functions; /* struct range */
};

struct symbol_dwarf {
	Dwarf *dwarf;
	uint64_t bias;
	GArray *units;	    /* struct range of their DIEs */
	GHashTable *listed; /* offset of a unit's DIE -> struct unit */
};

static gint compare_ranges(gconstpointer a, gconstpointer b)
{
	const struct range *first = a, *second = b;

	return first->start < second->start ? -1 : first->start > second->start;
}

static void add_ranges(GArray *ranges, Dwarf_Die *die)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;
	int count;

	for (count = 0; count < RANGES_MAX; count++) {
		at = dwarf_ranges(die, at, &base, &start, &end);
		if (at <= 0)
			return;
		/* what the linker dropped is at 0 */
		if (start && start < end)
			g_array_append_vals(ranges, &(struct range){ start, end, *die }, 1);
	}
}

static struct range *find_range(const GArray *ranges, uint64_t address)
{
	guint low = 0, high = ranges->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(ranges, struct range, middle).start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address >= g_array_index(ranges, struct range, low - 1).end)
		return NULL;
	return &g_array_index(ranges, struct range, low - 1);
}

/* The entry after *die on its level; damaged references may lead back. */
static bool next_sibling(Dwarf_Die *die)
{
	Dwarf_Off offset = dwarf_dieoffset(die);

	return !dwarf_siblingof(die, die) && dwarf_dieoffset(die) > offset;
}

/* --- units and their functions ----------------------------------------------------- */

static void list_units(struct symbol_dwarf *debug)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;

	while (!dwarf_get_units(debug->dwarf, unit, &unit, NULL, NULL, &die, NULL))
		if (dwarf_tag(&die) == DW_TAG_compile_unit)
			add_ranges(debug->units, &die);
	g_array_sort(debug->units, compare_ranges);
}

static bool holds_functions(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_class_type ||
	       tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

static void list_functions(GArray *functions, Dwarf_Die *parent, int depth)
{
	Dwarf_Die die;

	if (depth > DEPTH_MAX || dwarf_child(parent, &die))
		return;
	do {
		int tag = dwarf_tag(&die);

		if (tag == DW_TAG_subprogram)
			add_ranges(functions, &die);
		else if (holds_functions(tag))
			list_functions(functions, &die, depth + 1);
	} while (next_sibling(&die));
}

static void unit_free(void *data)
{
	struct unit *unit = data;

	g_array_free(unit->functions, TRUE);
	g_free(unit);
}

static struct unit *unit_of(struct symbol_dwarf *debug, Dwarf_Die *die)
{
	uint64_t offset = dwarf_dieoffset(die);
	struct unit *unit = g_hash_table_lookup(debug->listed, &offset);

	if (unit)
		return unit;
	unit = g_new0(struct unit, 1);
	unit->functions = g_array_new(FALSE, FALSE, sizeof(struct range));
	list_functions(unit->functions, die, 0);
	g_array_sort(unit->functions, compare_ranges);
	g_hash_table_insert(debug->listed, g_memdup2(&offset, sizeof(offset)), unit);
	return unit;
}

struct symbol_dwarf *symbol_dwarf_create(Dwarf *dwarf, uint64_t bias)
{
	struct symbol_dwarf *debug = g_new0(struct symbol_dwarf, 1);

	debug->dwarf = dwarf;
	debug->bias = bias;
	debug->units = g_array_new(FALSE, FALSE, sizeof(struct range));
	debug->listed = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, unit_free);
	list_units(debug);
	return debug;
}

void symbol_dwarf_free(struct symbol_dwarf *debug)
{
	if (!debug)
		return;
	g_hash_table_destroy(debug->listed);
	g_array_free(debug->units, TRUE);
	g_free(debug);
}

/* --- one address --------------------------------------------------------------------- */

/* The inlined function or block directly in *die that holds the address. */
static bool step_inside(Dwarf_Die *die, Dwarf_Addr address)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child))
		return false;
	do {
		int tag = dwarf_tag(&child);

		if ((tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block ||
		     tag == DW_TAG_try_block || tag == DW_TAG_catch_block) &&
		    dwarf_haspc(&child, address) == 1) {
			*die = child;
			return true;
		}
	} while (next_sibling(&child));
	return false;
}

/* The function and what is inlined into it around the address, outermost first. */
static int find_scopes(const Dwarf_Die *function, Dwarf_Addr address, Dwarf_Die *scopes)
{
	Dwarf_Die die = *function;
	int depth, count = 0;

	scopes[count++] = die;
	for (depth = 0; depth < 4 * DEPTH_MAX && count < DEPTH_MAX; depth++) {
		if (!step_inside(&die, address))
			break;
		if (dwarf_tag(&die) == DW_TAG_inlined_subroutine)
			scopes[count++] = die;
	}
	return count;
}

static const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute) ||
	    dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attribute))
		name = dwarf_formstring(&attribute);
	return name ? name : dwarf_diename(die);
}

static const char *call_file(Dwarf_Die *unit, Dwarf_Die *inlined)
{
	Dwarf_Attribute attribute;
	Dwarf_Word index;
	Dwarf_Files *files;
	size_t count;

	if (!dwarf_attr(inlined, DW_AT_call_file, &attribute) ||
	    dwarf_formudata(&attribute, &index) || dwarf_getsrcfiles(unit, &files, &count) ||
	    index >= count)
		return NULL;
	return dwarf_filesrc(files, index, NULL, NULL);
}

static uint32_t call_line(Dwarf_Die *inlined)
{
	Dwarf_Attribute attribute;
	Dwarf_Word line;

	if (!dwarf_attr(inlined, DW_AT_call_line, &attribute) || dwarf_formudata(&attribute, &line))
		return 0;
	return line <= UINT32_MAX ? (uint32_t)line : 0;
}

static void find_line(Dwarf_Die *unit, Dwarf_Addr address, struct code_place *place)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);
	int number;

	if (!line)
		return;
	place->file = dwarf_linesrc(line, NULL, NULL);
	if (!dwarf_lineno(line, &number) && number > 0)
		place->line = (uint32_t)number;
}

void symbol_dwarf_places(struct symbol_dwarf *debug, uint64_t address, GArray *places)
{
	Dwarf_Addr target = address - debug->bias;
	struct range *unit = find_range(debug->units, target), *function;
	Dwarf_Die scopes[DEPTH_MAX];
	struct code_place place = { 0 };
	int count = 0;

	if (!unit)
		return;
	function = find_range(unit_of(debug, &unit->die)->functions, target);
	if (function)
		count = find_scopes(&function->die, target, scopes);
	find_line(&unit->die, target, &place);
	while (count-- > 1) {
		place.function = name_of(&scopes[count]);
		place.inlined = true;
		g_array_append_val(places, place);
		place = (struct code_place){ .file = call_file(&unit->die, &scopes[count]),
					     .line = call_line(&scopes[count]) };
	}
	if (function)
		place.function = name_of(&scopes[0]);
	if (place.function || place.file)
		g_array_append_val(places, place);
}
