/* SPDX-License-Identifier: MIT */
/*
 * The report in the layout of CPython's -X importtime (Python/import.c of 3.11,
 * import_find_and_load): a line per module, those within it above it and indented,
 * microseconds rounded up.
 *
 * Self is cumulative less the cumulative time of the modules directly within.  A
 * module belongs to the one whose code asked for it, in its own thread, so no time
 * is taken off twice; where a module was loaded in one place and executed in
 * another, self stops at 0.
 */
#include "report.h"

#include "report_columns.h"
#include "text.h"

enum { INDENT_MAX = 100 };

/* A module, or a process above its modules. */
struct node {
	const struct module *module; /* NULL: a process */
	GPtrArray *within;	     /* struct node, in order of begin */
	uint64_t within_ns;
	unsigned int depth;
};

/* Nodes by the id of the module or process, which count from 1. */
struct tree {
	struct node *modules, *processes;
	guint module_count, process_count;
};

static struct node *nodes_create(guint count)
{
	struct node *nodes = g_new0(struct node, count + 1);
	guint i;

	for (i = 0; i <= count; i++)
		nodes[i].within = g_ptr_array_new();
	return nodes;
}

static void nodes_free(struct node *nodes, guint count)
{
	guint i;

	for (i = 0; i <= count; i++)
		g_ptr_array_free(nodes[i].within, TRUE);
	g_free(nodes);
}

static struct tree tree_create(const struct model *model)
{
	struct tree tree = {
		.modules = nodes_create(model->modules->len),
		.processes = nodes_create(model->processes->len),
		.module_count = model->modules->len,
		.process_count = model->processes->len,
	};
	guint i;

	for (i = 0; i < tree.module_count; i++) {
		const struct module *module = model->modules->pdata[i];
		struct node *parent = module->parent ? &tree.modules[module->parent->id]
						     : &tree.processes[module->process->id];

		tree.modules[module->id].module = module;
		parent->within_ns += module->total_ns;
		g_ptr_array_add(parent->within, &tree.modules[module->id]);
	}
	return tree;
}

static void tree_free(const struct tree *tree)
{
	nodes_free(tree->modules, tree->module_count);
	nodes_free(tree->processes, tree->process_count);
}

static void push(GPtrArray *stack, struct node *node, unsigned int depth)
{
	node->depth = depth;
	g_ptr_array_add(stack, node);
}

/* The modules within, the inner ones before the one they are in.  Without
 * recursion: nesting is as deep as the trace says. */
static GPtrArray *inner_first(struct node *root)
{
	GPtrArray *stack = g_ptr_array_new(), *outer_first = g_ptr_array_new();
	GPtrArray *order = g_ptr_array_new();
	guint i;

	for (i = 0; i < root->within->len; i++)
		push(stack, root->within->pdata[i], 0);
	while (stack->len) {
		struct node *node = g_ptr_array_steal_index(stack, stack->len - 1);

		g_ptr_array_add(outer_first, node);
		for (i = 0; i < node->within->len; i++)
			push(stack, node->within->pdata[i], node->depth + 1);
	}
	for (i = outer_first->len; i-- > 0;)
		g_ptr_array_add(order, outer_first->pdata[i]);
	g_ptr_array_free(stack, TRUE);
	g_ptr_array_free(outer_first, TRUE);
	return order;
}

static uint64_t microseconds(uint64_t ns)
{
	return ns / 1000 + (ns % 1000 != 0);
}

static void print_module(const struct report *report, const struct node *node)
{
	g_autofree char *name = text_escape(node->module->name, true);
	uint64_t total_ns = node->module->total_ns;
	uint64_t self_ns = total_ns > node->within_ns ? total_ns - node->within_ns : 0;

	if (module_wanted(node->module, report->options))
		fprintf(report->out,
			"import time: %9" G_GUINT64_FORMAT " | %10" G_GUINT64_FORMAT " | %*s%s\n",
			microseconds(self_ns), microseconds(total_ns),
			2 * (int)MIN(node->depth, INDENT_MAX), "", name);
}

/* The layout has no place for the process: a line before its modules says it,
 * which readers of the layout pass over. */
static void print_process(const struct report *report, struct node *root,
			  const struct process *process)
{
	g_autofree char *name = text_escape(text_basename(process->exe), true);
	g_autoptr(GPtrArray) order = inner_first(root);
	guint i;

	if (order->len && report->model->processes->len > 1)
		fprintf(report->out, "# process %u (%s)\n", process->pid, name);
	for (i = 0; i < order->len; i++)
		print_module(report, order->pdata[i]);
}

struct error *report_importtime(const struct report *report)
{
	const struct model *model = report->model;
	struct tree tree = tree_create(model);
	guint i;

	if (!report->options->noheadings)
		fputs("import time: self [us] | cumulative | imported package\n", report->out);
	for (i = 0; i < model->processes->len; i++) {
		const struct process *process = model->processes->pdata[i];

		print_process(report, &tree.processes[process->id], process);
	}
	tree_free(&tree);
	return NULL;
}
