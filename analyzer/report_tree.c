/* SPDX-License-Identifier: MIT */
/*
 * What was loaded inside of what: a module, and below it its load with the libraries
 * that came with it, its init function and its create and exec functions, and below
 * each of these what was imported or loaded meanwhile.
 *
 * Everything that belongs to a module stands below it once, where the first of it
 * began: CPython executes a module after the load, and not inside of it.
 */
#include <string.h>

#include "model_internal.h"
#include "report_columns.h"
#include "report_text.h"
#include "text.h"

struct tree {
	const struct page *page;
	struct libscols_table *table;
	GHashTable *within;  /* struct span -> GPtrArray of those directly inside */
	GHashTable *parts;   /* struct module -> GPtrArray of its spans */
	GHashTable *printed; /* modules that have their line */
};

/* --- lists ------------------------------------------------------------------------- */

static void list_add(GHashTable *lists, const void *key, const void *item)
{
	GPtrArray *list = g_hash_table_lookup(lists, key);

	if (!list) {
		list = g_ptr_array_new();
		g_hash_table_insert(lists, (void *)key, list);
	}
	g_ptr_array_add(list, (void *)item);
}

static GHashTable *lists_create(void)
{
	return g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
}

/* --- lines -------------------------------------------------------------------------- */

static struct libscols_line *add_line(struct tree *tree, struct libscols_line *above,
				      const char *text, uint64_t total_ns, uint64_t self_ns)
{
	struct libscols_line *line = scols_table_new_line(tree->table, above);

	cell_text(line, 0, text, false);
	cell_time(line, 1, total_ns, false);
	cell_time(line, 2, self_ns, false);
	return line;
}

static char *describe_span(const struct span *span)
{
	const struct slot *slot = (const struct slot *)span;
	const struct load *load = (const struct load *)span;

	switch (span->kind) {
	case SPAN_LOAD:
		return g_strdup_printf("load %s",
				       load->requested ? load->requested : "(main program)");
	case SPAN_INIT: return g_strdup_printf("init %s", ((const struct init *)span)->symbol);
	case SPAN_SLOT:
		if (slot->kind == SLOT_MEMBER)
			return g_strdup(slot->module_name);
		return g_strdup_printf("%s m_slots[%u]", enum_name(enum_slot_kind, slot->kind),
				       slot->index);
	case SPAN_CLOSE: break;
	}
	return g_strdup("unload");
}

static void add_libraries(struct tree *tree, struct libscols_line *above, const struct load *load)
{
	guint i;

	for (i = 0; i < load->objects_added->len; i++) {
		const struct object *object = load->objects_added->pdata[i];
		g_autofree char *text = g_strdup_printf("with %s", object->path);

		if (object != load->object)
			cell_text(scols_table_new_line(tree->table, above), 0, text, false);
	}
}

static void add_spans(struct tree *tree, struct libscols_line *above, const GPtrArray *spans);

static void add_part(struct tree *tree, struct libscols_line *above, const struct span *span)
{
	g_autofree char *text = describe_span(span);
	struct libscols_line *line = add_line(tree, above, text, span->total_ns, span->self_ns);

	if (span->kind == SPAN_LOAD)
		add_libraries(tree, line, (const struct load *)span);
	add_spans(tree, line, g_hash_table_lookup(tree->within, span));
}

static void add_module(struct tree *tree, struct libscols_line *above, const struct module *module)
{
	const GPtrArray *parts = g_hash_table_lookup(tree->parts, module);
	struct libscols_line *line;
	guint i;

	if (!g_hash_table_add(tree->printed, (void *)module))
		return;
	line = add_line(tree, above, module->name, module->total_ns, module->self_ns);
	cell_text(line, 3, module->outcome == MODULE_OK ? "" : module_outcome_name(module->outcome),
		  false);
	cell_place(line, 4, module->requested_at, false, FIT_LESS);
	for (i = 0; i < parts->len; i++)
		add_part(tree, line, parts->pdata[i]);
}

/* `spans` may be NULL: none. */
static void add_spans(struct tree *tree, struct libscols_line *above, const GPtrArray *spans)
{
	guint i;

	for (i = 0; spans && i < spans->len; i++) {
		const struct span *span = spans->pdata[i];
		const struct module *module = span_module(span);

		if (span->kind == SPAN_CLOSE)
			add_spans(tree, above, g_hash_table_lookup(tree->within, span));
		else if (module)
			add_module(tree, above, module);
		else
			add_part(tree, above, span);
	}
}

/* --- processes ---------------------------------------------------------------------- */

static struct error *make_table(struct tree *tree)
{
	RETURN_IF_ERROR(table_create(tree->page, &tree->table));
	scols_table_new_column(tree->table, "MODULE", 0.5, SCOLS_FL_TREE);
	scols_table_new_column(tree->table, "TOTAL", 7, SCOLS_FL_RIGHT);
	scols_table_new_column(tree->table, "SELF", 7, SCOLS_FL_RIGHT);
	scols_table_new_column(tree->table, "OUTCOME", 6, 0);
	scols_table_new_column(tree->table, "REQUESTED AT", 0.2, 0);
	return NULL;
}

static struct error *print_process(const struct page *page, const struct process *process)
{
	g_autoptr(GHashTable) within = lists_create(), parts = lists_create(),
			      printed = g_hash_table_new(NULL, NULL);
	g_autoptr(GPtrArray) outermost = g_ptr_array_new();
	struct tree tree = { page, NULL, within, parts, printed };
	g_autofree char *title = g_strdup_printf("Process %u (%s)", process->pid,
						 text_basename(process->exe));
	guint i;

	for (i = 0; i < process->spans->len; i++) {
		struct span *span = process->spans->pdata[i];

		if (span->parent)
			list_add(within, span->parent, span);
		else
			g_ptr_array_add(outermost, span);
		if (span_module(span))
			list_add(parts, span_module(span), span);
	}
	if (!outermost->len)
		return NULL;
	page_title(page, title);
	RETURN_IF_ERROR(make_table(&tree));
	add_spans(&tree, NULL, outermost);
	return table_print(tree.table);
}

struct error *print_tree(const struct page *page)
{
	const GPtrArray *processes = page->report->model->processes;
	struct error *err = NULL;
	guint i;

	for (i = 0; i < processes->len && !err; i++)
		err = print_process(page, processes->pdata[i]);
	return err;
}
