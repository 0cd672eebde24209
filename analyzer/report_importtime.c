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

/* A module's place in the tree; by its id, which counts from 1. */
struct node {
	const struct module *module;
	GPtrArray *within; /* struct node, in order of begin */
	uint64_t within_ns;
	unsigned int depth;
};

static struct node *tree_create(const GPtrArray *modules)
{
	struct node *nodes = g_new0(struct node, modules->len + 1);
	guint i;

	for (i = 0; i <= modules->len; i++)
		nodes[i].within = g_ptr_array_new();
	for (i = 0; i < modules->len; i++) {
		const struct module *module = modules->pdata[i];
		struct node *parent = &nodes[module->parent ? module->parent->id : 0];

		nodes[module->id].module = module;
		parent->within_ns += module->total_ns;
		g_ptr_array_add(parent->within, &nodes[module->id]);
	}
	return nodes;
}

static void tree_free(struct node *nodes, guint count)
{
	guint i;

	for (i = 0; i <= count; i++)
		g_ptr_array_free(nodes[i].within, TRUE);
	g_free(nodes);
}

static void push(GPtrArray *stack, struct node *node, unsigned int depth)
{
	node->depth = depth;
	g_ptr_array_add(stack, node);
}

/* The modules of a process, the inner ones before the one they are in.  Without
 * recursion: nesting is as deep as the trace says. */
static GPtrArray *inner_first(struct node *root, const struct process *process)
{
	GPtrArray *stack = g_ptr_array_new(), *outer_first = g_ptr_array_new();
	GPtrArray *order = g_ptr_array_new();
	guint i;

	for (i = 0; i < root->within->len; i++) {
		struct node *node = root->within->pdata[i];

		if (node->module->process == process)
			push(stack, node, 0);
	}
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
	g_autoptr(GPtrArray) order = inner_first(root, process);
	guint i;

	if (order->len && report->model->processes->len > 1)
		fprintf(report->out, "# process %u (%s)\n", process->pid, name);
	for (i = 0; i < order->len; i++)
		print_module(report, order->pdata[i]);
}

struct error *report_importtime(const struct report *report)
{
	const struct model *model = report->model;
	struct node *nodes = tree_create(model->modules);
	guint i;

	if (!report->options->noheadings)
		fputs("import time: self [us] | cumulative | imported package\n", report->out);
	for (i = 0; i < model->processes->len; i++)
		print_process(report, nodes, model->processes->pdata[i]);
	tree_free(nodes, model->modules->len);
	return NULL;
}
