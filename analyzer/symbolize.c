/* SPDX-License-Identifier: MIT */
/*
 * What has been asked, and what the helper process answered.
 */
#include "symbolize.h"

#include <string.h>

#include "symbol_helper.h"

enum { COMPLAINTS_MAX = 5 };

/* One file as one process had it. */
struct symbols {
	struct symbol_source source;
	GHashTable *places; /* offset -> struct code_places */
	GArray *wanted;	    /* offsets without places */
	bool useless;	    /* what went wrong has been said */
};

struct symbolizer {
	struct symbol_search search;
	struct symbol_helper *helper;
	GHashTable *files; /* "build-id path" -> struct symbols */
	GStringChunk *strings;
	GPtrArray *complaints;
};

static const struct code_places nothing;

static void symbols_free(void *data)
{
	struct symbols *symbols = data;

	g_hash_table_destroy(symbols->places);
	g_array_free(symbols->wanted, TRUE);
	g_free(symbols);
}

struct symbolizer *symbolizer_create(const struct symbol_search *search)
{
	struct symbolizer *symbolizer = g_new0(struct symbolizer, 1);

	symbolizer->search = *search;
	symbolizer->helper = symbol_helper_create(&symbolizer->search);
	symbolizer->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, symbols_free);
	symbolizer->strings = g_string_chunk_new(4096);
	symbolizer->complaints = g_ptr_array_new_with_free_func(g_free);
	return symbolizer;
}

void symbolizer_free(struct symbolizer *symbolizer)
{
	symbol_helper_free(symbolizer->helper);
	g_hash_table_destroy(symbolizer->files);
	g_string_chunk_free(symbolizer->strings);
	g_ptr_array_free(symbolizer->complaints, TRUE);
	g_free(symbolizer);
}

static const char *intern(struct symbolizer *symbolizer, const char *text)
{
	return text ? g_string_chunk_insert_const(symbolizer->strings, text) : NULL;
}

static struct symbols *find_symbols(struct symbolizer *symbolizer,
				    const struct symbol_source *source)
{
	g_autofree char *key = g_strdup_printf("%s %s %" G_GUINT64_FORMAT, source->build_id,
					       source->path, source->size);
	struct symbols *symbols = g_hash_table_lookup(symbolizer->files, key);

	if (symbols)
		return symbols;
	symbols = g_new0(struct symbols, 1);
	symbols->source = *source;
	symbols->source.path = intern(symbolizer, source->path);
	symbols->source.build_id = intern(symbolizer, source->build_id);
	symbols->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	symbols->wanted = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_hash_table_insert(symbolizer->files, g_steal_pointer(&key), symbols);
	return symbols;
}

static void want(struct symbols *symbols, uint64_t offset)
{
	if (g_hash_table_contains(symbols->places, &offset))
		return;
	g_hash_table_insert(symbols->places, g_memdup2(&offset, sizeof(offset)), NULL);
	g_array_append_val(symbols->wanted, offset);
}

void symbolizer_want(struct symbolizer *symbolizer, const struct symbol_source *source,
		     uint64_t offset)
{
	want(find_symbols(symbolizer, source), offset);
}

/* --- answers --------------------------------------------------------------------------- */

struct asking {
	struct symbolizer *symbolizer;
	struct symbols *symbols;
};

static void take_answer(uint64_t offset, const struct code_place *places, guint count, void *data)
{
	struct asking *asking = data;
	struct code_places *kept = g_malloc0(sizeof(*kept) + count * sizeof(kept->at[0]));
	guint i;

	kept->count = count;
	for (i = 0; i < count; i++) {
		kept->at[i] = places[i];
		kept->at[i].function = intern(asking->symbolizer, places[i].function);
		kept->at[i].file = intern(asking->symbolizer, places[i].file);
	}
	g_hash_table_insert(asking->symbols->places, g_memdup2(&offset, sizeof(offset)), kept);
}

/* That a file is not there is no complaint: the trace may be another machine's. */
static void complain(struct symbolizer *symbolizer, struct symbols *symbols,
		     enum symbol_status status, const char *reason)
{
	symbols->useless = true;
	if (status == SYMBOLS_ABSENT)
		return;
	g_ptr_array_add(symbolizer->complaints, g_strdup_printf("functions of %s are not named: %s",
								symbols->source.path, reason));
}

static void ask(struct symbolizer *symbolizer, struct symbols *symbols)
{
	struct asking asking = { symbolizer, symbols };
	g_autofree char *reason = NULL;
	enum symbol_status status = symbol_helper_ask(
		symbolizer->helper, &symbols->source, (const uint64_t *)symbols->wanted->data,
		symbols->wanted->len, take_answer, &asking, &reason);

	g_array_set_size(symbols->wanted, 0);
	if (status != SYMBOLS_USABLE)
		complain(symbolizer, symbols, status, reason);
}

const struct code_places *symbolize(struct symbolizer *symbolizer,
				    const struct symbol_source *source, uint64_t offset)
{
	struct symbols *symbols = find_symbols(symbolizer, source);
	const struct code_places *places;

	if (!symbols->useless) {
		want(symbols, offset);
		if (!g_hash_table_lookup(symbols->places, &offset))
			ask(symbolizer, symbols);
	}
	places = g_hash_table_lookup(symbols->places, &offset);
	return places ? places : &nothing;
}

void symbolizer_complain(const struct symbolizer *symbolizer, FILE *out)
{
	guint i, count = symbolizer->complaints->len;

	for (i = 0; i < count && i < COMPLAINTS_MAX; i++)
		fprintf(out, "dlscope: %s\n", (char *)symbolizer->complaints->pdata[i]);
	if (count > COMPLAINTS_MAX)
		fprintf(out, "dlscope: ... and of %u more files\n", count - COMPLAINTS_MAX);
}
