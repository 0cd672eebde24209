/* SPDX-License-Identifier: MIT */
/*
 * Init conventions as data, and the names that follow from them.
 */
#include "convention.h"

#include <glib.h>
#include <string.h>

#include "text.h"

static const struct convention conventions[] = {
#define CONVENTION(id, runtime, prefix, module_name, success, kind) \
	{ #id, runtime, prefix, module_name, success, kind },
#include "conventions.def"
#undef CONVENTION
};

/* Directories of sys.path below which a file's place is its module's name. */
static const char *const import_roots[] = { "site-packages", "dist-packages", "lib-dynload" };

const struct convention *convention_by_id(const char *id)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(conventions); i++)
		if (!strcmp(conventions[i].id, id))
			return &conventions[i];
	return NULL;
}

const struct convention *convention_by_symbol(const char *symbol)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(conventions); i++)
		if (*conventions[i].prefix && g_str_has_prefix(symbol, conventions[i].prefix) &&
		    symbol[strlen(conventions[i].prefix)])
			return &conventions[i];
	return NULL;
}

bool convention_failed(const struct convention *convention, uint64_t result)
{
	switch (convention->success) {
	case NULL_IS_FAILURE: return result == 0;
	}
	return false;
}

static bool is_import_root(const char *component)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(import_roots); i++)
		if (!strcmp(component, import_roots[i]))
			return true;
	return false;
}

/* The index after the last import root, 0 when there is none. */
static guint after_import_root(char **components)
{
	guint i, found = 0;

	for (i = 0; components[i]; i++)
		if (is_import_root(components[i]))
			found = i + 1;
	return found;
}

/* .../dist-packages/numpy/core/_x.cpython-311-x86_64-linux-gnu.so, _x
 * -> numpy.core._x; NULL when the file is not called like the symbol. */
static char *name_from_path(const char *path, const char *rest)
{
	g_auto(GStrv) components = g_strsplit(path, "/", -1);
	guint count = g_strv_length(components);
	guint first = after_import_root(components);

	if (!first || first == count)
		return NULL;
	*strchrnul(components[count - 1], '.') = '\0';
	if (strcmp(components[count - 1], rest))
		return NULL;
	return g_strjoinv(".", components + first);
}

static bool last_component_is(const char *dotted, const char *rest)
{
	const char *dot = strrchr(dotted, '.');

	return !strcmp(dot ? dot + 1 : dotted, rest);
}

/* What the symbol says of the name. */
static const char *rest_of(const struct convention *convention, const char *symbol)
{
	return convention && g_str_has_prefix(symbol, convention->prefix)
		       ? symbol + strlen(convention->prefix)
		       : symbol;
}

static bool is_whole(const struct convention *convention)
{
	return convention && convention->module_name == WHOLE;
}

bool convention_names(const struct convention *convention, const char *symbol, const char *name)
{
	const char *rest = rest_of(convention, symbol);

	return is_whole(convention) ? !strcmp(name, rest) : last_component_is(name, rest);
}

char *convention_module_name(const struct convention *convention, const char *symbol,
			     const char *context, const char *path)
{
	const char *rest = rest_of(convention, symbol);
	char *name;

	if (*context && convention_names(convention, symbol, context))
		return g_strdup(context);
	name = is_whole(convention) ? NULL : name_from_path(path, rest);
	return name ? name : g_strdup(rest);
}
