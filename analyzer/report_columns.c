/* SPDX-License-Identifier: MIT */
/*
 * Which columns and which rows of the module table, in which order.
 */
#include "report_columns.h"

#include <string.h>
#include <strings.h>

#include "cleanup.h"

const struct column columns[COLUMN_COUNT] = {
#define COLUMN(header, width, alignment, shown, type, json, value, help) \
	{ #header, width, COLUMN_##alignment, COLUMN_##shown, COLUMN_##type, json, help },
#include "report_columns.def"
#undef COLUMN
};

/* A cell's value is text, a place or a number, by its column's type. */
#define CELL_TEXT(value)   ((struct cell){ .text = (value) })
#define CELL_NUMBER(value) ((struct cell){ .number = (uint64_t)(value) })
#define CELL_PATH	   CELL_TEXT
#define CELL_PLACE(value)  ((struct cell){ .place = (value) })
#define CELL_TIME	   CELL_NUMBER
#define CELL_STAMP	   CELL_NUMBER
#define CELL_ID		   CELL_NUMBER

struct cell column_cell(enum column_id id, const struct module *m)
{
	switch (id) {
#define COLUMN(header, width, alignment, shown, type, json, value, help) \
	case COLUMN_ID_##header: \
		return CELL_##type(value);
#include "report_columns.def"
#undef COLUMN
	case COLUMN_COUNT: break;
	}
	return (struct cell){ 0 };
}

const char *module_outcome_name(enum module_outcome outcome)
{
	static const char *const names[] = { "ok", "failed", "in-flight", "unwound" };

	return names[outcome];
}

/* --- columns ------------------------------------------------------------------- */

static struct error *find_column(const char *name, size_t length, enum column_id *id)
{
	for (*id = 0; *id < COLUMN_COUNT; (*id)++)
		if (strlen(columns[*id].header) == length &&
		    !strncasecmp(columns[*id].header, name, length))
			return NULL;
	return error_create("there is no column \"%.*s\": see dlscope report --list-columns",
			    (int)length, name);
}

struct error *column_find(const char *name, enum column_id *id)
{
	*id = COLUMN_ID_TOTAL;
	return name ? find_column(name, strlen(name), id) : NULL;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By file, then by line; nowhere comes first, as it does for texts. */
static int compare_places(const struct place *a, const struct place *b)
{
	int order = g_strcmp0(a ? a->file : NULL, b ? b->file : NULL);

	if (!order && a && b)
		order = g_strcmp0(a->object, b->object);
	return order || !a || !b ? order : compare_numbers(a->line, b->line);
}

/* Ascending. */
static int compare_cells(enum column_id id, struct cell a, struct cell b)
{
	switch (columns[id].type) {
	case COLUMN_TEXT:
	case COLUMN_PATH: return g_strcmp0(a.text, b.text);
	case COLUMN_PLACE: return compare_places(a.place, b.place);
	default: return compare_numbers(a.number, b.number);
	}
}

static bool column_varies(enum column_id id, const GPtrArray *rows)
{
	guint i;

	for (i = 1; i < rows->len; i++)
		if (compare_cells(id, column_cell(id, rows->pdata[0]),
				  column_cell(id, rows->pdata[i])))
			return true;
	return false;
}

static bool column_filled(enum column_id id, const GPtrArray *rows)
{
	guint i;

	for (i = 0; i < rows->len; i++)
		if (compare_cells(id, column_cell(id, rows->pdata[i]), (struct cell){ 0 }))
			return true;
	return false;
}

static bool column_shown(enum column_id id, const GPtrArray *rows)
{
	switch (columns[id].shown) {
	case COLUMN_ALWAYS:
	case COLUMN_ROOM: return true;
	case COLUMN_VARIES: return column_varies(id, rows);
	case COLUMN_FILLED: return column_filled(id, rows);
	case COLUMN_ASKED: break;
	}
	return false;
}

static size_t default_columns(const GPtrArray *rows, enum column_id *chosen)
{
	enum column_id id;
	size_t count = 0;

	for (id = 0; id < COLUMN_COUNT; id++)
		if (column_shown(id, rows))
			chosen[count++] = id;
	return count;
}

static bool is_chosen(enum column_id id, const enum column_id *chosen, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (chosen[i] == id)
			return true;
	return false;
}

struct error *columns_choose(const char *list, const GPtrArray *rows, enum column_id *chosen,
			     size_t *count)
{
	*count = 0;
	if (!list || *list == '+')
		*count = default_columns(rows, chosen);
	if (list && *list == '+')
		list++;
	while (list && *list) {
		size_t length = strcspn(list, ",");
		enum column_id id;

		RETURN_IF_ERROR(find_column(list, length, &id));
		if (!is_chosen(id, chosen, *count))
			chosen[(*count)++] = id;
		list += length;
		list += *list == ',';
	}
	return *count ? NULL
		      : error_create("no columns are named: see dlscope report --list-columns");
}

void columns_list(FILE *out)
{
	enum column_id id;

	for (id = 0; id < COLUMN_COUNT; id++)
		fprintf(out, "%10s  %s\n", columns[id].header, columns[id].help);
}

/* --- rows ---------------------------------------------------------------------- */

static bool is_number(enum column_type type)
{
	return type == COLUMN_TIME || type == COLUMN_STAMP || type == COLUMN_NUMBER ||
	       type == COLUMN_ID;
}

/* Text ascending, numbers descending; equal rows stay in the order of begin. */
static gint compare_rows(gconstpointer a, gconstpointer b, gpointer by)
{
	enum column_id id = *(enum column_id *)by;
	int order = compare_cells(id, column_cell(id, *(const struct module *const *)a),
				  column_cell(id, *(const struct module *const *)b));

	return is_number(columns[id].type) ? -order : order;
}

bool module_wanted(const struct module *module, const struct options *options)
{
	return module->total_ns >= options->min_time &&
	       (!options->failed_only || module->outcome != MODULE_OK);
}

struct error *modules_choose(const struct model *model, const struct options *options,
			     GPtrArray **rows)
{
	enum column_id by;
	guint i;

	RETURN_IF_ERROR(column_find(options->sort, &by));
	*rows = g_ptr_array_new();
	for (i = 0; i < model->modules->len; i++)
		if (module_wanted(model->modules->pdata[i], options))
			g_ptr_array_add(*rows, model->modules->pdata[i]);
	g_ptr_array_sort_with_data(*rows, compare_rows, &by);
	return NULL;
}
