/* SPDX-License-Identifier: MIT */
/*
 * Lookups in bulk: drivers, and those who use them, ask a library for hundreds of
 * functions, and take what there is.  Those that are not there are one failure; a probe,
 * when most were.
 */
#include "model_internal.h"
#include "text.h"

enum { BULK = 16, NAMED = 3 };

/* What one object looked up in another. */
struct bulk {
	const struct process *process;
	const struct object *requester, *searched;
	GPtrArray *failures; /* struct failure */
	guint found;
};

static guint bulk_hash(gconstpointer key)
{
	const struct bulk *bulk = key;

	return g_direct_hash(bulk->process) ^ g_direct_hash(bulk->requester) * 31 ^
	       g_direct_hash(bulk->searched) * 17;
}

static gboolean bulk_equal(gconstpointer a, gconstpointer b)
{
	const struct bulk *first = a, *second = b;

	return first->process == second->process && first->requester == second->requester &&
	       first->searched == second->searched;
}

static void bulk_free(void *data)
{
	struct bulk *bulk = data;

	g_ptr_array_free(bulk->failures, TRUE);
	g_free(bulk);
}

static bool is_lookup(const struct failure *failure)
{
	return failure->symbol && failure->object && failure->severity != SEVERITY_PROBE &&
	       g_str_equal(failure->kind, "undefined-symbol");
}

static struct bulk *bulk_of(GHashTable *bulks, const struct failure *failure)
{
	struct bulk key = { failure->process, failure->caller.object, failure->object, NULL, 0 };
	struct bulk *bulk = g_hash_table_lookup(bulks, &key);

	if (bulk)
		return bulk;
	bulk = g_memdup2(&key, sizeof(key));
	bulk->failures = g_ptr_array_new();
	g_hash_table_add(bulks, bulk);
	return bulk;
}

static guint found_in(const struct model *model, const struct bulk *bulk)
{
	guint i, found = 0;

	for (i = 0; i < model->symbols->len; i++) {
		const struct symbol *symbol = model->symbols->pdata[i];

		found += symbol->process == bulk->process && symbol->object == bulk->searched &&
			 !symbol->failed;
	}
	return found;
}

static void merge(struct model *model, struct bulk *bulk)
{
	struct failure *first = bulk->failures->pdata[0];
	g_autoptr(GString) names = g_string_new(first->missing);
	guint i, count = bulk->failures->len, found = found_in(model, bulk);
	const struct failure *last = bulk->failures->pdata[count - 1];

	for (i = 1; i < count; i++) {
		struct failure *failure = bulk->failures->pdata[i];

		if (i < NAMED)
			g_string_append_printf(names, ", %s", failure->missing);
		failure_merge(first, failure);
	}
	failure_says(model, first, "%u symbols were looked up in vain in %s", count,
		     text_basename(bulk->searched->path));
	failure_shows(model, first, "%s and %u more, %s last", names->str, count - NAMED,
		      last->missing);
	if (found >= count && !failure_precedes_exit(last))
		failure_judged(model, first, SEVERITY_PROBE,
			       "%u were found there: who asks for that many takes what there is",
			       found);
}

void failures_merge_bulk(struct model *model)
{
	g_autoptr(GHashTable) bulks = g_hash_table_new_full(bulk_hash, bulk_equal, bulk_free, NULL);
	GHashTableIter all;
	void *bulk;
	guint i;

	for (i = 0; i < model->failures->len; i++) {
		struct failure *failure = model->failures->pdata[i];

		if (is_lookup(failure))
			g_ptr_array_add(bulk_of(bulks, failure)->failures, failure);
	}
	g_hash_table_iter_init(&all, bulks);
	while (g_hash_table_iter_next(&all, &bulk, NULL))
		if (((struct bulk *)bulk)->failures->len >= BULK)
			merge(model, bulk);
}
