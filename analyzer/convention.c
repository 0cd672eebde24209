/* SPDX-License-Identifier: MIT */
/*
 * Init conventions as data, and the names that follow from them.
 */
#include "convention.h"

#include <glib.h>
#include <string.h>

#include "symbol_pattern.h"
#include "text.h"

static const struct convention conventions[] = {
#define CONVENTION(id, runtime, symbol, front, module_name, success, kind) \
	{ #id, #runtime, symbol, #front, module_name, success, kind },
#include "conventions.def"
#undef CONVENTION
};

static const struct runtime runtimes[] = {
#define RUNTIME(id, name, gate, version_from, version, role, via, attach) \
	{ #id, name, version_from, version, role, via },
#include "runtimes.def"
#undef RUNTIME
};

const struct runtime *runtime_by_id(const char *id)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(runtimes); i++)
		if (!strcmp(runtimes[i].id, id))
			return &runtimes[i];
	return NULL;
}

uint64_t runtime_bit(const struct runtime *runtime)
{
	return runtime ? (uint64_t)1 << (runtime - runtimes) : 0;
}

const char *runtime_display_name(const char *id)
{
	const struct runtime *runtime = runtime_by_id(id);

	return runtime ? runtime->name : id;
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

/* Not known who asks: patterns that nobody else has. */
static bool is_unmistakable(const struct convention *convention)
{
	return strcspn(convention->symbol, "*") > strlen("Init_");
}

static bool applies(const struct convention *convention, uint64_t caller, uint64_t present)
{
	uint64_t own = runtime_bit(runtime_by_id(convention->runtime));

	if (!present)
		return is_unmistakable(convention);
	return caller & own ||
	       (present & own && caller & runtime_bit(runtime_by_id(convention->front)));
}

const struct convention *convention_by_symbol(const char *symbol, uint64_t caller,
					      uint64_t present)
{
	const char *rest;
	size_t size, i;

	for (i = 0; i < G_N_ELEMENTS(conventions); i++)
		if (symbol_pattern_match(conventions[i].symbol, symbol, &rest, &size) &&
		    applies(&conventions[i], caller, present))
			return &conventions[i];
	return NULL;
}

bool convention_failed(const struct convention *convention, uint64_t result, bool failed)
{
	switch (convention->success) {
	case NULL_IS_FAILURE: return failed || result == 0;
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
	g_autofree char *part = NULL;
	const char *rest;
	size_t size;

	if (!convention || !symbol_pattern_match(convention->symbol, symbol, &rest, &size) || !size)
		return g_strdup(symbol);
	part = g_strndup(rest, size);
	return convention->module_name == PUNYCODE ? decode_punycode(part) : g_steal_pointer(&part);
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
