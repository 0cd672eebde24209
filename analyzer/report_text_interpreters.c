/* SPDX-License-Identifier: MIT */
/*
 * What each interpreter of a process imported, where there is more than one.
 */
#include "report_text.h"

#include "text.h"

struct group {
	const struct process *process;
	const char *interpreter;
	guint modules;
	uint64_t self_ns;
};

static guint group_hash(gconstpointer key)
{
	const struct group *group = key;

	return g_direct_hash(group->process) ^ g_direct_hash(group->interpreter) * 31;
}

/* Names are interned. */
static gboolean group_equal(gconstpointer a, gconstpointer b)
{
	const struct group *first = a, *second = b;

	return first->process == second->process && first->interpreter == second->interpreter;
}

/* In the order in which they first imported something. */
static GPtrArray *groups_of(const struct model *model)
{
	g_autoptr(GHashTable) found = g_hash_table_new(group_hash, group_equal);
	GPtrArray *groups = g_ptr_array_new_with_free_func(g_free);
	guint i;

	for (i = 0; i < model->modules->len; i++) {
		const struct module *module = model->modules->pdata[i];
		struct group key = { module->process, module->interpreter, 0, 0 };
		struct group *group = g_hash_table_lookup(found, &key);

		if (!module->process->sub_interpreters)
			continue;
		if (!group) {
			group = g_memdup2(&key, sizeof(key));
			g_ptr_array_add(groups, group);
			g_hash_table_add(found, group);
		}
		group->modules++;
		group->self_ns += module->self_ns;
	}
	return groups;
}

static void add_group(struct libscols_table *table, const struct group *group)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	cell_number(line, 0, group->process->pid);
	cell_text(line, 1, group->interpreter ? group->interpreter : "not known", false);
	cell_number(line, 2, group->modules);
	cell_time(line, 3, group->self_ns, false);
}

struct error *print_interpreters(const struct page *page)
{
	g_autoptr(GPtrArray) groups = groups_of(page->report->model);
	struct libscols_table *table;
	guint i;

	if (!groups->len)
		return NULL;
	page_title(page, "Interpreters, and what they imported");
	RETURN_IF_ERROR(table_create(page, &table));
	scols_table_new_column(table, "PID", 5, SCOLS_FL_RIGHT);
	scols_table_new_column(table, "INTERPRETER", 0.2, 0);
	scols_table_new_column(table, "MODULES", 7, SCOLS_FL_RIGHT);
	scols_table_new_column(table, "SELF", 7, SCOLS_FL_RIGHT);
	for (i = 0; i < groups->len; i++)
		add_group(table, groups->pdata[i]);
	return table_print(table);
}
