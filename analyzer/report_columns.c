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

/* A cell's value is text or a number, by its column's type. */
#define CELL_TEXT(value)   ((struct cell){ .text = (value) })
#define CELL_NUMBER(value) ((struct cell){ .number = (uint64_t)(value) })
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

static bool same_cell(enum column_id id, struct cell a, struct cell b)
{
	if (columns[id].type == COLUMN_TEXT)
		return !g_strcmp0(a.text, b.text);
	return a.number == b.number;
}

static bool column_varies(enum column_id id, const GPtrArray *rows)
{
	guint i;

	for (i = 1; i < rows->len; i++)
		if (!same_cell(id, column_cell(id, rows->pdata[0]),
			       column_cell(id, rows->pdata[i])))
			return true;
	return false;
}

static size_t default_columns(const GPtrArray *rows, enum column_id *chosen)
{
	enum column_id id;
	size_t count = 0;

	for (id = 0; id < COLUMN_COUNT; id++)
		if (columns[id].shown == COLUMN_ALWAYS ||
		    (columns[id].shown == COLUMN_VARIES && column_varies(id, rows)))
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

/* Text ascending, numbers descending; equal rows stay in the order of begin. */
static gint compare_cells(enum column_id id, const struct module *first,
			  const struct module *second)
{
	struct cell a = column_cell(id, first), b = column_cell(id, second);

	if (columns[id].type == COLUMN_TEXT)
		return g_strcmp0(a.text, b.text);
	return a.number > b.number ? -1 : a.number < b.number;
}

static gint compare_rows(gconstpointer a, gconstpointer b, gpointer by)
{
	return compare_cells(*(enum column_id *)by, *(const struct module *const *)a,
			     *(const struct module *const *)b);
}

static bool is_wanted(const struct module *module, const struct options *options)
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
		if (is_wanted(model->modules->pdata[i], options))
			g_ptr_array_add(*rows, model->modules->pdata[i]);
	g_ptr_array_sort_with_data(*rows, compare_rows, &by);
	return NULL;
}
