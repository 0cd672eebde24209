/* SPDX-License-Identifier: MIT */
/*
 * Files that were not found, and dependencies.
 */
#include "diagnose.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ld_cache.h"
#include "model_internal.h"
#include "near_name.h"
#include "text.h"

/* --- names ---------------------------------------------------------------------------- */

static void offer_cached(const char *name, const char *path, void *data)
{
	g_autofree char *directory = g_path_get_dirname(path);

	near_name_offer(data, name, directory);
}

/* In the directories searched, and beside the file that needs it. */
static void show_near(struct diagnosis *diagnosis, const char *name, const char *beside)
{
	struct near_name near = { .wanted = name };
	const GPtrArray *directories = diagnosis->search->directories;
	struct ld_cache *cache = ld_cache_read(LD_CACHE);
	guint i;

	for (i = 0; i < directories->len; i++)
		near_name_offer_directory(&near, directories->pdata[i]);
	if (beside)
		near_name_offer_directory(&near, beside);
	ld_cache_each(cache, offer_cached, &near);
	ld_cache_free(cache);
	if (near.best)
		failure_shows(diagnosis->model, diagnosis->failure, "a near name: %s in %s",
			      near.best, near.where);
	near_name_clear(&near);
}

/* --- a path ----------------------------------------------------------------------------- */

/* The longest part of it that is there. */
static char *existing_part(const char *path)
{
	char *part = g_strdup(path);

	while (strcmp(part, "/") && access(part, F_OK) < 0) {
		char *parent = g_path_get_dirname(part);

		g_free(part);
		part = parent;
	}
	return part;
}

static bool is_dangling(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

static bool tell_links(struct diagnosis *diagnosis, const char *path)
{
	g_autofree char *target = is_dangling(path) ? g_file_read_link(path, NULL) : NULL;

	if (g_str_has_suffix(diagnosis->failure->message, "Too many levels of symbolic links"))
		failure_says(diagnosis->model, diagnosis->failure,
			     "%s leads through a chain of links that has no end", path);
	else if (target)
		failure_says(diagnosis->model, diagnosis->failure,
			     "%s is a link to %s, which does not exist", path, target);
	else
		return false;
	if (target)
		failure_shows(diagnosis->model, diagnosis->failure, "%s -> %s", path, target);
	return true;
}

static bool tell_file_on_the_way(struct diagnosis *diagnosis, const char *path, const char *part)
{
	if (!strcmp(part, path) || g_file_test(part, G_FILE_TEST_IS_DIR))
		return false;
	failure_says(diagnosis->model, diagnosis->failure,
		     "%s cannot be there: %s is a file, not a directory", path, part);
	return true;
}

static void look_at_path(struct diagnosis *diagnosis, const char *path)
{
	g_autofree char *directory = g_path_get_dirname(path), *part = existing_part(path);
	struct near_name near = { .wanted = text_basename(path) };

	if (tell_links(diagnosis, path) || tell_file_on_the_way(diagnosis, path, part))
		return;
	failure_says(diagnosis->model, diagnosis->failure, "%s does not exist", path);
	diagnose_package_of_missing(diagnosis, path);
	if (strcmp(part, directory)) {
		failure_shows(diagnosis->model, diagnosis->failure,
			      "of its directories only %s is there", part);
		return;
	}
	near_name_offer_directory(&near, directory);
	if (near.best)
		failure_shows(diagnosis->model, diagnosis->failure, "a near name: %s", near.best);
	near_name_clear(&near);
}

static char *path_of(const struct diagnosis *diagnosis, const char *name)
{
	const char *directory = diagnosis->search->directory;

	return g_canonicalize_filename(name, *directory ? directory : NULL);
}

/* --- a file that was asked for -------------------------------------------------------------- */

static bool is_there_now(struct diagnosis *diagnosis, const char *found)
{
	if (!found)
		return false;
	if (diagnose_passed_over(diagnosis, found))
		return true;
	failure_shows(diagnosis->model, diagnosis->failure,
		      "%s is there now: it was not at the time, or not for this process", found);
	return true;
}

static char *directory_of_requester(const struct failure *failure)
{
	const struct object *object = failure->requester ? failure->requester->object : NULL;

	return object && *object->path ? g_path_get_dirname(object->path) : NULL;
}

void diagnose_missing_file(struct diagnosis *diagnosis)
{
	const char *name = diagnosis->failure->load ? diagnosis->failure->load->requested : NULL;
	g_autofree char *found = diagnosis_path(diagnosis, name);
	g_autofree char *beside = directory_of_requester(diagnosis->failure);

	if (!name || is_there_now(diagnosis, found))
		return;
	if (strchr(name, '/')) {
		g_autofree char *path = path_of(diagnosis, name);

		look_at_path(diagnosis, path);
		return;
	}
	diagnosis_take_places(diagnosis);
	failure_says(diagnosis->model, diagnosis->failure,
		     "%s was not found in any of the directories that the loader searches", name);
	show_near(diagnosis, name, beside);
	diagnose_package_of_missing(diagnosis, name);
}

/* --- a file that another one needs ------------------------------------------------------------ */

enum { DEEPEST = 32 };

struct walk {
	struct diagnosis *diagnosis;
	const char *missing; /* or what else is wrong with it */
	bool is_there;
	GHashTable *visited; /* set of paths */
	GPtrArray *chain;    /* names, from the file that was asked for */
};

static const struct seeker *current(const struct walk *walk)
{
	return walk->diagnosis->search->seekers->pdata[0];
}

static bool is_mapped(const struct walk *walk, const char *name)
{
	const struct model *model = walk->diagnosis->model;
	guint i;

	for (i = 0; i < model->objects->len; i++) {
		const struct object *object = model->objects->pdata[i];

		if (object->process == walk->diagnosis->failure->process && !object->unloaded_ns &&
		    !strcmp(object->soname, name))
			return true;
	}
	return false;
}

static bool walk_into(struct walk *walk, const char *path);

static bool walk_needed(struct walk *walk, const char *name)
{
	g_autofree char *path = NULL;

	if (is_mapped(walk, name))
		return false;
	path = loader_search_find(walk->diagnosis->search, name);
	if ((!path || walk->is_there) && !strcmp(name, walk->missing))
		return true;
	return path && walk->chain->len < DEEPEST && walk_into(walk, path);
}

/* True with the chain to the one that needs what is missing, that one on top of the
 * seekers. */
static bool walk_into(struct walk *walk, const char *path)
{
	const struct elf_dynamic *dynamic;
	guint i;

	if (!g_hash_table_add(walk->visited, g_strdup(path)))
		return false;
	loader_search_push(walk->diagnosis->search, path);
	g_ptr_array_add(walk->chain, g_path_get_basename(path));
	dynamic = current(walk)->dynamic;
	for (i = 0; dynamic && i < dynamic->needed->len; i++)
		if (walk_needed(walk, dynamic->needed->pdata[i]))
			return true;
	g_ptr_array_set_size(walk->chain, (gint)walk->chain->len - 1);
	loader_search_pop(walk->diagnosis->search);
	return false;
}

static void show_chain(struct walk *walk)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint i;

	for (i = 0; i < walk->chain->len; i++)
		g_string_append_printf(text, "%s needs ", (char *)walk->chain->pdata[i]);
	if (walk->chain->len > 1)
		failure_shows(walk->diagnosis->model, walk->diagnosis->failure, "the chain: %s%s",
			      text->str, walk->missing);
}

/* The loader does not look there, but there it is: RUNPATH or LD_LIBRARY_PATH would
 * do. */
static void hint_beside(struct walk *walk, const char *directory)
{
	struct failure *failure = walk->diagnosis->failure;
	g_autofree char *file = g_build_filename(directory, walk->missing, NULL);
	g_autofree char *hint = NULL;

	if (access(file, R_OK) < 0)
		return;
	failure_shows(walk->diagnosis->model, failure,
		      "%s is beside the file that needs it, where the loader does not look", file);
	hint = g_strdup_printf("patchelf --add-rpath '$ORIGIN' %s, or LD_LIBRARY_PATH=%s",
			       current(walk)->path, directory);
	failure->hint = model_intern(walk->diagnosis->model, hint);
}

static void tell_dependency(struct walk *walk)
{
	struct diagnosis *diagnosis = walk->diagnosis;
	struct failure *failure = diagnosis->failure;
	g_autofree char *directory = g_path_get_dirname(current(walk)->path);

	failure->needed_by = model_intern(diagnosis->model, current(walk)->path);
	failure_says(
		diagnosis->model, failure, "%s cannot be loaded: %s, which %s needs, was not found",
		(char *)walk->chain->pdata[0], walk->missing,
		walk->chain->len > 1 ? (char *)walk->chain->pdata[walk->chain->len - 1] : "it");
	show_chain(walk);
	diagnosis_take_places(diagnosis);
	hint_beside(walk, directory);
	if (failure->hint)
		return;
	show_near(diagnosis, walk->missing, directory);
	diagnose_package_of_missing(diagnosis, walk->missing);
}

void diagnose_missing_dependency(struct diagnosis *diagnosis)
{
	const struct failure *failure = diagnosis->failure;
	g_autofree char *path = diagnosis_path(diagnosis,
					       failure->load ? failure->load->requested : NULL);
	g_autoptr(GHashTable)
		visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func(g_free);
	struct walk walk = { diagnosis, failure->missing, false, visited, chain };

	if (!path || !failure->missing || !diagnosis_unchanged(diagnosis, path))
		return;
	if (walk_into(&walk, path))
		tell_dependency(&walk);
	else
		failure_shows(diagnosis->model, diagnosis->failure,
			      "now everything that %s needs is there", path);
}

/* --- a file that another one needs, and that is there -------------------------------------------- */

/* The loader's choice, or what it passed over because of its machine. */
static char *dependency_found(struct diagnosis *diagnosis, const char *name)
{
	char *path = loader_search_find(diagnosis->search, name);
	const GPtrArray *directories = diagnosis->search->directories;
	guint i;

	for (i = 0; !path && i < directories->len; i++) {
		g_autofree char *file = g_build_filename(directories->pdata[i], name, NULL);

		if (loader_search_passes_over(diagnosis->search, file))
			path = g_steal_pointer(&file);
	}
	return path;
}

static const char *to_blame(const struct failure *failure)
{
	const char *name = strcmp(failure->kind, "symbol-version") ? failure->file
								   : failure->needed_by;

	return name && strcmp(failure->kind, "dependency-not-found") ? text_basename(name) : NULL;
}

void diagnose_chain(struct diagnosis *diagnosis)
{
	const struct load *load = diagnosis->failure->load;
	const char *requested = load ? load->requested : NULL, *name = to_blame(diagnosis->failure);
	g_autofree char *path = NULL;
	g_autoptr(GHashTable)
		visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func(g_free);
	struct walk walk = { diagnosis, name, true, visited, chain };

	if (!requested || !name || !strcmp(name, text_basename(requested)))
		return;
	path = diagnosis_path(diagnosis, requested);
	if (!path || !walk_into(&walk, path))
		return;
	show_chain(&walk);
	if (!strcmp(diagnosis->failure->kind, "wrong-elf-class"))
		diagnosis->dependency = dependency_found(diagnosis, name);
}
