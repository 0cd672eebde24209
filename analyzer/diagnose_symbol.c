/* SPDX-License-Identifier: MIT */
/*
 * Symbols and versions that nobody has, and who has something like them.
 */
#include "diagnose.h"

#include <string.h>

#include "elf_facts.h"
#include "ld_cache.h"
#include "model_internal.h"
#include "near_name.h"
#include "text.h"

/* --- symbols ------------------------------------------------------------------------------ */

struct symbol_query {
	const char *name, *path;
	char *owner; /* that has exactly it */
	struct near_name near;
};

static void compare(const char *name, void *data)
{
	struct symbol_query *query = data;

	if (!query->owner && !strcmp(name, query->name))
		query->owner = g_strdup(query->path);
	near_name_offer(&query->near, name, query->path);
}

static void search_object(struct symbol_query *query, const struct object *object)
{
	g_autofree char *whole = g_canonicalize_filename(object->path, NULL);

	query->path = whole;
	elf_each_export(object->path, object->build_id, compare, query);
}

/* What is mapped at that time, without the tracer's own. */
static void search_objects(struct diagnosis *diagnosis, struct symbol_query *query)
{
	const struct failure *failure = diagnosis->failure;
	const GPtrArray *objects = diagnosis->model->objects;
	guint i;

	for (i = 0; i < objects->len; i++) {
		const struct object *object = objects->pdata[i];

		if (object->process == failure->process && *object->path == '/' &&
		    object->begin_ns <= failure->time_ns &&
		    (!object->unloaded_ns || object->unloaded_ns > failure->time_ns) &&
		    !g_str_has_prefix(text_basename(object->path), "libdlscope"))
			search_object(query, object);
	}
}

/* --- what is installed -------------------------------------------------------------------- */

struct wide_look {
	const struct diagnosis *diagnosis;
	const char *symbol;
	char *owner;
};

/* libasan.so.8, libtsan.so.2: they define what they intercept, which is not theirs. */
static bool is_sanitizer(const char *name)
{
	return strstr(name, "san.so");
}

static void look_into(const char *name, const char *path, void *data)
{
	struct wide_look *look = data;

	if (!look->owner && !is_sanitizer(name) && elf_defines(path, look->symbol) &&
	    !loader_search_passes_over(look->diagnosis->search, path))
		look->owner = g_strdup(path);
}

static void look_beside(struct wide_look *look, const char *directory)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while (dir && !look->owner && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(directory, name, NULL);

		if (strstr(name, ".so"))
			look_into(name, path, look);
	}
}

/* A thousand libraries took 30 ms.
 * Of a load: the file that lacks it could have been linked with the one that has it. */
static bool tell_installed(struct diagnosis *diagnosis)
{
	struct failure *failure = diagnosis->failure;
	g_autofree char *user = diagnosis_path(diagnosis, failure->file);
	g_autofree char *directory = user ? g_path_get_dirname(user) : NULL;
	struct wide_look look = { diagnosis, failure->missing, NULL };
	struct ld_cache *cache;
	bool found;

	if (failure->symbol || !user)
		return false;
	look_beside(&look, directory);
	cache = ld_cache_read(LD_CACHE);
	ld_cache_each(cache, look_into, &look);
	ld_cache_free(cache);
	found = look.owner;
	if (found)
		failure_shows(diagnosis->model, failure,
			      "%s has it, but is not loaded: %s does not name it as needed",
			      look.owner, text_basename(user));
	g_free(look.owner);
	return found;
}

static void tell_symbol(struct diagnosis *diagnosis, const struct symbol_query *query)
{
	if (query->owner)
		failure_shows(diagnosis->model, diagnosis->failure,
			      "%s has it, and is loaded, but where the lookup did not search",
			      query->owner);
	else if (tell_installed(diagnosis))
		return;
	else if (query->near.best)
		failure_shows(diagnosis->model, diagnosis->failure, "a near name: %s in %s",
			      model_readable(diagnosis->model, query->near.best),
			      query->near.where);
	else if (!diagnosis->model->lost_events)
		failure_shows(diagnosis->model, diagnosis->failure,
			      diagnosis->failure->symbol
				      ? "no loaded library defines it or something near"
				      : "no library that is loaded, installed or beside it "
					"defines it");
}

static void query_clear(struct symbol_query *query)
{
	near_name_clear(&query->near);
	g_free(query->owner);
}

void diagnose_symbol(struct diagnosis *diagnosis)
{
	struct failure *failure = diagnosis->failure;
	struct symbol_query query = { .name = failure->missing,
				      .near = { .wanted = failure->missing } };

	if (!failure->missing)
		return;
	if (failure->symbol && failure->object)
		search_object(&query, failure->object);
	if (!query.near.best)
		search_objects(diagnosis, &query);
	tell_symbol(diagnosis, &query);
	query_clear(&query);
}

/* --- versions ------------------------------------------------------------------------------------ */

/* GLIBC_2.38 -> 6: how much of it names the family */
static size_t family_length(const char *version)
{
	const char *end = strrchr(version, '_');

	return end ? (size_t)(end - version) + 1 : strlen(version);
}

static const char *highest_version(const GPtrArray *versions, const char *wanted)
{
	size_t family = family_length(wanted);
	const char *best = NULL;
	guint i;

	for (i = 0; i < versions->len; i++) {
		const char *version = versions->pdata[i];

		if (!strncmp(version, wanted, family) && g_ascii_isdigit(version[family]) &&
		    (!best || strverscmp(version, best) > 0))
			best = version;
	}
	return best;
}

void diagnose_version(struct diagnosis *diagnosis)
{
	struct failure *failure = diagnosis->failure;
	g_autofree char *path = diagnosis_path(diagnosis, failure->file);
	struct elf_dynamic *dynamic = path && diagnosis_unchanged(diagnosis, path)
					      ? elf_dynamic_read(path)
					      : NULL;
	const char *highest = dynamic && failure->missing
				      ? highest_version(dynamic->versions, failure->missing)
				      : NULL;

	if (highest && strverscmp(failure->missing, highest) > 0)
		failure_says(diagnosis->model, failure,
			     "%s cannot be loaded: it needs %s, %s has versions up to %s",
			     text_basename(failure->needed_by ? failure->needed_by : "it"),
			     failure->missing, path, highest);
	if (dynamic)
		elf_dynamic_free(dynamic);
}
