/* SPDX-License-Identifier: MIT */
/*
 * The loader's search: see loader_search.h.
 */
#include "loader_search.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ld_cache.h"

static void seeker_free(void *data)
{
	struct seeker *seeker = data;

	if (seeker->dynamic)
		elf_dynamic_free(seeker->dynamic);
	g_free((char *)seeker->path);
	g_free(seeker);
}

struct loader_search *loader_search_create(const char *library_path, const char *directory)
{
	struct loader_search *search = g_new0(struct loader_search, 1);

	search->library_path = library_path;
	search->directory = directory;
	search->seekers = g_ptr_array_new_with_free_func(seeker_free);
	search->places = g_ptr_array_new_with_free_func(g_free);
	search->directories = g_ptr_array_new_with_free_func(g_free);
	return search;
}

void loader_search_free(struct loader_search *search)
{
	g_ptr_array_free(search->seekers, TRUE);
	g_ptr_array_free(search->places, TRUE);
	g_ptr_array_free(search->directories, TRUE);
	g_free(search);
}

void loader_search_push(struct loader_search *search, const char *path)
{
	struct seeker *seeker = g_new0(struct seeker, 1);

	seeker->path = g_strdup(path);
	seeker->dynamic = elf_dynamic_read(path);
	g_ptr_array_insert(search->seekers, 0, seeker);
}

void loader_search_pop(struct loader_search *search)
{
	g_ptr_array_remove_index(search->seekers, 0);
}

/* --- one place ------------------------------------------------------------------------ */

static const struct seeker *program_of(const struct loader_search *search)
{
	return search->seekers->len ? search->seekers->pdata[search->seekers->len - 1] : NULL;
}

/* Files for other machines are passed over; any other trouble ends the search. */
bool loader_search_passes_over(const struct loader_search *search, const char *path)
{
	const struct seeker *program = program_of(search);
	struct elf_dynamic *dynamic = elf_dynamic_read(path);
	bool other = dynamic && program && program->dynamic &&
		     (dynamic->class != program->dynamic->class ||
		      dynamic->machine != program->dynamic->machine);

	if (dynamic)
		elf_dynamic_free(dynamic);
	return other;
}

static void note_place(struct loader_search *search, const char *where, const char *source,
		       const char *why)
{
	g_ptr_array_add(search->places, g_strdup_printf("%s (%s): %s", where, source, why));
}

static const char *why_not_there(const char *directory, const char *file)
{
	if (access(directory, F_OK) < 0)
		return errno == EACCES ? "the directory may not be entered" : "no such directory";
	if (access(directory, X_OK) < 0)
		return "the directory may not be entered";
	if (access(file, F_OK) == 0)
		return access(file, R_OK) < 0 ? "it is there, but may not be read"
					      : "it is there, but for another kind of machine";
	return "not there";
}

/* The file, when the loader would take it from there. */
static char *try_directory(struct loader_search *search, const char *directory, const char *source,
			   const char *name)
{
	g_autofree char *file = g_build_filename(directory, name, NULL);

	g_ptr_array_add(search->directories, g_strdup(directory));
	if (access(file, R_OK) == 0 && !loader_search_passes_over(search, file))
		return g_steal_pointer(&file);
	note_place(search, directory, source, why_not_there(directory, file));
	return NULL;
}

/* --- lists of directories --------------------------------------------------------------- */

/* $ORIGIN and ${ORIGIN}: where the file that has the path is. */
static char *expand(const char *entry, const char *owner)
{
	g_autofree char *origin = g_path_get_dirname(owner);
	g_auto(GStrv) braced = g_strsplit(entry, "${ORIGIN}", -1);
	g_autofree char *once = g_strjoinv(origin, braced);
	g_auto(GStrv) plain = g_strsplit(once, "$ORIGIN", -1);

	return g_strjoinv(origin, plain);
}

/* An empty entry, and a relative one, count from the working directory. */
static char *absolute(const struct loader_search *search, char *path)
{
	char *whole = g_canonicalize_filename(path, *search->directory ? search->directory : NULL);

	g_free(path);
	return whole;
}

static char *try_list(struct loader_search *search, const char *list, const char *separators,
		      const char *owner, const char *source, const char *name)
{
	g_auto(GStrv) entries = list && *list ? g_strsplit_set(list, separators, -1) : NULL;
	char *found = NULL;
	size_t i;

	for (i = 0; entries && entries[i] && !found; i++) {
		g_autofree char *directory = absolute(search, owner ? expand(entries[i], owner)
								    : g_strdup(entries[i]));

		found = try_directory(search, directory, source, name);
	}
	return found;
}

static char *try_rpaths(struct loader_search *search, const char *name)
{
	char *found = NULL;
	guint i;

	for (i = 0; i < search->seekers->len && !found; i++) {
		const struct seeker *seeker = search->seekers->pdata[i];
		g_autofree char *base = g_path_get_basename(seeker->path);
		g_autofree char *source = g_strdup_printf("RPATH of %s", base);

		if (!seeker->dynamic)
			continue;
		if (seeker->dynamic->runpath) {
			if (i == 0)
				return NULL; /* then no RPATH counts at all */
			continue;
		}
		found = try_list(search, seeker->dynamic->rpath, ":", seeker->path, source, name);
	}
	return found;
}

static char *try_runpath(struct loader_search *search, const char *name)
{
	const struct seeker *seeker = search->seekers->len ? search->seekers->pdata[0] : NULL;
	g_autofree char *base = seeker ? g_path_get_basename(seeker->path) : NULL;
	g_autofree char *source = g_strdup_printf("RUNPATH of %s", base);

	return seeker && seeker->dynamic
		       ? try_list(search, seeker->dynamic->runpath, ":", seeker->path, source, name)
		       : NULL;
}

/* --- the cache, the system ---------------------------------------------------------------- */

struct cache_query {
	struct loader_search *search;
	const char *name;
	char *found;
};

static void look_in_cache(const char *name, const char *path, void *data)
{
	struct cache_query *query = data;

	if (!query->found && !strcmp(name, query->name) && access(path, R_OK) == 0 &&
	    !loader_search_passes_over(query->search, path))
		query->found = g_strdup(path);
}

static char *try_cache(struct loader_search *search, const char *name)
{
	struct cache_query query = { search, name, NULL };
	struct ld_cache *cache = ld_cache_read(LD_CACHE);

	ld_cache_each(cache, look_in_cache, &query);
	if (!query.found)
		note_place(search, LD_CACHE, "the loader's cache",
			   cache ? "not listed" : "cannot be read");
	ld_cache_free(cache);
	return query.found;
}

/* Debian's and others' (glibc 2.36, Makeconfig slibdir; ld.so --list-diagnostics shows
 * them as path.system_dirs). */
static char *try_system(struct loader_search *search, const char *name)
{
	static const char *const debian[] = { "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
					      "/lib", "/usr/lib" },
				 *const others[] = { "/lib64", "/usr/lib64" };
	bool is_debian = access(debian[0], F_OK) == 0;
	const char *const *directories = is_debian ? debian : others;
	size_t i, count = is_debian ? G_N_ELEMENTS(debian) : G_N_ELEMENTS(others);
	char *found = NULL;

	for (i = 0; i < count && !found; i++)
		found = try_directory(search, directories[i], "system", name);
	return found;
}

static bool wants_no_default(const struct loader_search *search)
{
	const struct seeker *seeker = search->seekers->len ? search->seekers->pdata[0] : NULL;

	return seeker && seeker->dynamic && seeker->dynamic->no_default;
}

static char *try_path(struct loader_search *search, const char *name)
{
	g_autofree char *path = absolute(search, g_strdup(name));

	if (access(path, R_OK) == 0)
		return g_steal_pointer(&path);
	note_place(search, path, "as it was named", g_strerror(errno));
	return NULL;
}

char *loader_search_find(struct loader_search *search, const char *name)
{
	char *found;

	g_ptr_array_set_size(search->places, 0);
	g_ptr_array_set_size(search->directories, 0);
	if (strchr(name, '/'))
		return try_path(search, name);
	found = try_rpaths(search, name);
	if (!found)
		found = try_list(search, search->library_path, ":;", NULL, "LD_LIBRARY_PATH", name);
	if (!found)
		found = try_runpath(search, name);
	if (!found && !wants_no_default(search))
		found = try_cache(search, name);
	if (!found && !wants_no_default(search))
		found = try_system(search, name);
	return found;
}
