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
	{ #id, #runtime, prefix, module_name, success, kind },
#include "conventions.def"
#undef CONVENTION
};

static const struct {
	const char *id, *name;
} runtimes[] = {
#define RUNTIME(id, name, gate, version, attach) { #id, name },
#include "runtimes.def"
#undef RUNTIME
};

const char *runtime_display_name(const char *id)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(runtimes); i++)
		if (!strcmp(runtimes[i].id, id))
			return runtimes[i].name;
	return id;
}

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

static bool applies(const struct convention *convention, const char *runtime)
{
	return runtime ? !strcmp(convention->runtime, runtime)
		       : g_str_has_suffix(convention->prefix, "_");
}

const struct convention *convention_by_symbol(const char *symbol, const char *runtime)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(conventions); i++)
		if (*conventions[i].prefix && applies(&conventions[i], runtime) &&
		    g_str_has_prefix(symbol, conventions[i].prefix) &&
		    symbol[strlen(conventions[i].prefix)])
			return &conventions[i];
	return NULL;
}

bool convention_failed(const struct convention *convention, uint64_t result, bool failed)
{
	switch (convention->success) {
	case NULL_IS_FAILURE: return result == 0;
	case RUNTIME_SAYS: return failed;
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

/* get_encoded_name() of CPython's Python/importdl.c backwards: it put _ for every -,
 * of which the last one separates the ASCII part.  GLib decodes punycode as the
 * label of a host name, RFC 3492 is the same there. */
static char *decode_punycode(const char *rest)
{
	g_autofree char *label = g_strconcat("xn--", rest, NULL);
	char *delimiter = strrchr(label + 4, '_');
	char *name;

	if (delimiter)
		*delimiter = '-';
	name = g_hostname_to_unicode(label);
	return name ? name : g_strdup(rest);
}

/* What the symbol says of the name.  Caller g_free()s. */
static char *rest_of(const struct convention *convention, const char *symbol)
{
	if (!convention || !g_str_has_prefix(symbol, convention->prefix))
		return g_strdup(symbol);
	symbol += strlen(convention->prefix);
	return convention->module_name == PUNYCODE ? decode_punycode(symbol) : g_strdup(symbol);
}

static bool is_whole(const struct convention *convention)
{
	return convention && convention->module_name == WHOLE;
}

bool convention_names(const struct convention *convention, const char *symbol, const char *name)
{
	g_autofree char *rest = rest_of(convention, symbol);

	return is_whole(convention) ? !strcmp(name, rest) : last_component_is(name, rest);
}

char *convention_module_name(const struct convention *convention, const char *symbol,
			     const char *context, const char *path)
{
	g_autofree char *rest = rest_of(convention, symbol);
	char *name;

	if (*context && convention_names(convention, symbol, context))
		return g_strdup(context);
	name = is_whole(convention) ? NULL : name_from_path(path, rest);
	return name ? name : g_steal_pointer(&rest);
}
