/* SPDX-License-Identifier: MIT */
/*
 * What the files of extension modules that failed say: which init functions they
 * have, and for which CPython their names say they were made.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "cpython_failures.h"
#include "elf_facts.h"
#include "model_internal.h"
#include "text.h"

enum { NAMES_SHOWN = 3 };

/* --- the nearest init functions --------------------------------------------------- */

/* How many letters must be put in, taken out or replaced (Levenshtein). */
static guint distance(const char *a, const char *b)
{
	size_t i, j, width = strlen(b) + 1;
	g_autofree guint *row = g_new(guint, width);

	for (j = 0; j < width; j++)
		row[j] = (guint)j;
	for (i = 0; a[i]; i++) {
		guint diagonal = row[0];

		row[0] = (guint)i + 1;
		for (j = 1; j < width; j++) {
			guint replaced = diagonal + (a[i] != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(replaced, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[width - 1];
}

struct wanted {
	const char *symbol;
	const struct runtime *runtime;
	GPtrArray *names; /* char * */
};

static const struct convention *rule_of(const char *symbol, const struct runtime *runtime)
{
	return convention_by_symbol(symbol, runtime_bit(runtime), runtime_bit(runtime));
}

static void collect_name(const char *name, void *data)
{
	struct wanted *wanted = data;

	if (rule_of(name, wanted->runtime))
		g_ptr_array_add(wanted->names, g_strdup(name));
}

static gint compare_distance(gconstpointer a, gconstpointer b, gpointer symbol)
{
	guint first = distance(*(char *const *)a, symbol),
	      second = distance(*(char *const *)b, symbol);

	return first < second ? -1 : first > second;
}

/* "PyInit_a, PyInit_b and 2 more" of the names, the nearest to `symbol` first. */
static char *list_names(const GPtrArray *names)
{
	GString *list = g_string_new(NULL);
	guint i;

	for (i = 0; i < names->len && i < NAMES_SHOWN; i++)
		g_string_append_printf(list, "%s%s", i ? ", " : "", (char *)names->pdata[i]);
	if (names->len > NAMES_SHOWN)
		g_string_append_printf(list, " and %u more", names->len - NAMES_SHOWN);
	return g_string_free(list, FALSE);
}

static const char *const function_words[] = {
	[0] = "dynamic module does not define module export function (%s)",
	[1] = "dynamic module does not define init function (%s)", /* 2.7 */
};

static void tell_exports(struct model *model, struct failure *failure, const struct wanted *wanted)
{
	g_autofree char *list = list_names(wanted->names);
	g_autofree char *words = g_strdup_printf(
		function_words[!strcmp(wanted->runtime->id, "cpython2")], wanted->symbol);
	g_autofree char *name = NULL, *hint = NULL;
	const char *nearest;

	failure_says(model, failure, "%s; %s defines %s", words,
		     text_basename(failure->object->path), wanted->names->len ? list : "none");
	if (!wanted->names->len) {
		failure->hint = "no extension module, or one of another version of Python";
		return;
	}
	nearest = wanted->names->pdata[0];
	name = convention_module_name(rule_of(nearest, wanted->runtime), nearest, "", "");
	hint = g_strdup_printf("import it as %s, or name the function %s", name, wanted->symbol);
	failure->hint = model_intern(model, hint);
}

static void explain_missing_init(struct model *model, struct load *load)
{
	struct failure *failure = load->module->failure; /* the resolution's may be merged */
	const struct convention *convention = load->missing_init->convention;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct wanted wanted = { .symbol = load->missing_init->symbol, .names = names };

	if (!failure || strcmp(failure->kind, "init-symbol-missing") || !load->object ||
	    !convention || !g_str_has_prefix(convention->runtime, "cpython"))
		return;
	wanted.runtime = runtime_by_id(convention->runtime);
	if (!elf_each_export(load->object->path, load->object->build_id, collect_name, &wanted))
		return;
	g_ptr_array_sort_with_data(names, compare_distance, (gpointer)wanted.symbol);
	failure->object = load->object;
	tell_exports(model, failure, &wanted);
}

/* --- the version in the file's name ------------------------------------------------- */

/* x.cpython-310-x86_64-linux-gnu.so -> 3, 10 (PEP 3149). */
static bool tag_of(const char *path, unsigned int *major, unsigned int *minor)
{
	const char *tag = strstr(text_basename(path), ".cpython-");

	return tag && sscanf(tag, ".cpython-%1u%u", major, minor) == 2;
}

static void explain_tag(struct model *model, struct failure *failure)
{
	const struct process *process = failure->process;
	const char *path = failure->object ? failure->object->path
			   : failure->load ? failure->load->requested
					   : NULL;
	unsigned int file[2], running[2];
	g_autofree char *hint = NULL;

	if (!path || !process->runtime_version || strcmp(process->runtime, "cpython") ||
	    !tag_of(path, &file[0], &file[1]) ||
	    sscanf(process->runtime_version, "%u.%u", &running[0], &running[1]) != 2 ||
	    (file[0] == running[0] && file[1] == running[1]))
		return;
	hint = g_strdup_printf("the file was built for CPython %u.%u, this is %u.%u", file[0],
			       file[1], running[0], running[1]);
	failure->hint = model_intern(model, hint);
}

void cpython_look_into_files(struct model *model)
{
	guint i;

	for (i = 0; i < model->loads->len; i++) {
		struct load *load = model->loads->pdata[i];

		if (load->missing_init && load->module && !load->module->init)
			explain_missing_init(model, load);
	}
	for (i = 0; i < model->failures->len; i++)
		explain_tag(model, model->failures->pdata[i]);
}
