/* SPDX-License-Identifier: MIT */
/*
 * Init conventions as data, and the names that follow from them.
 */
#include "convention.h"

#include <glib.h>
#include <string.h>

#include "module_name.h"
#include "symbol_pattern.h"
#include "text.h"

enum { ROWS_MAX = 64 }; /* of each table: sets of them are words */

/* Those of the tables, then users' own. */
static struct convention conventions[ROWS_MAX] = {
#define CONVENTION(id, runtime, symbol, front, presence, module_name, success, kind) \
	{ #id, #runtime, symbol, #front, presence, module_name, success, kind },
#include "conventions.def"
#undef CONVENTION
};

static struct runtime runtimes[ROWS_MAX] = {
#define RUNTIME(id, name, gate, version_from, version, role, via, attach) \
	{ #id, name, version_from, version, role, via },
#include "runtimes.def"
#undef RUNTIME
};

enum {
#define CONVENTION(id, ...) OWN_CONVENTION_##id,
#include "conventions.def"
#undef CONVENTION
	OWN_CONVENTIONS
};

enum {
#define RUNTIME(id, ...) OWN_RUNTIME_##id,
#include "runtimes.def"
#undef RUNTIME
	OWN_RUNTIMES
};

static size_t convention_count = OWN_CONVENTIONS, runtime_count = OWN_RUNTIMES;

bool convention_add(const struct convention *convention)
{
	size_t i = 0;

	while (i < convention_count && strcmp(conventions[i].id, convention->id))
		i++;
	if (i < OWN_CONVENTIONS || i == ROWS_MAX)
		return false;
	conventions[i] = *convention;
	convention_count = MAX(convention_count, i + 1);
	return true;
}

bool runtime_add(const struct runtime *runtime)
{
	size_t i = 0;

	while (i < runtime_count && strcmp(runtimes[i].id, runtime->id))
		i++;
	if (i < OWN_RUNTIMES || i == ROWS_MAX)
		return false;
	runtimes[i] = *runtime;
	runtime_count = MAX(runtime_count, i + 1);
	return true;
}

const struct runtime *runtime_by_id(const char *id)
{
	size_t i;

	for (i = 0; i < runtime_count; i++)
		if (!strcmp(runtimes[i].id, id))
			return &runtimes[i];
	return NULL;
}

uint64_t runtime_bit(const struct runtime *runtime)
{
	return runtime ? (uint64_t)1 << (runtime - runtimes) : 0;
}

uint64_t runtimes_without_fronts(uint64_t set)
{
	size_t i;

	for (i = 0; i < runtime_count; i++)
		if (runtimes[i].role == FRONT)
			set &= ~runtime_bit(&runtimes[i]);
	return set;
}

const char *runtimes_via(uint64_t set)
{
	size_t i;

	for (i = 0; i < runtime_count; i++)
		if (set & runtime_bit(&runtimes[i]) && *runtimes[i].via)
			return runtimes[i].via;
	return NULL;
}

char *runtime_version_in_path(const struct runtime *runtime, const char *path)
{
	g_autoptr(GRegex) expression = NULL;
	g_autoptr(GMatchInfo) match = NULL;

	if (runtime->version_from != PATH)
		return NULL;
	expression = g_regex_new(runtime->version, 0, 0, NULL);
	if (!expression || !g_regex_match(expression, path, 0, &match))
		return NULL;
	return g_match_info_fetch(match, 1);
}

const char *runtime_display_name(const char *id)
{
	const struct runtime *runtime = runtime_by_id(id);

	return runtime ? runtime->name : id;
}

const struct convention *convention_by_id(const char *id)
{
	size_t i;

	for (i = 0; i < convention_count; i++)
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

const struct convention *convention_by_symbol(const char *symbol, uint64_t caller, uint64_t present)
{
	const char *rest;
	size_t size, i;

	for (i = 0; i < convention_count; i++)
		if (symbol_pattern_match(conventions[i].symbol, symbol, &rest, &size) &&
		    applies(&conventions[i], caller, present))
			return &conventions[i];
	return NULL;
}

bool convention_failed(const struct convention *convention, uint64_t result, bool failed)
{
	int32_t code = (int32_t)result; /* the upper half of the register says nothing */

	switch (convention->success) {
	case NULL_IS_FAILURE: return failed || result == 0;
	case RUNTIME_SAYS: return failed;
	case NONZERO_IS_FAILURE: return code != 0;
	case ZERO_IS_FAILURE: return code == 0;
	case NEGATIVE_IS_FAILURE: return code < 0;
	case SQLITE_CODE: return code != 0 && code != 256;
	case TEXT_IS_FAILURE: return result != 0;
	case NEVER: break;
	}
	return false;
}

/* A symbol has _ where the name has a hyphen. */
static bool last_component_is(const char *dotted, const char *rest)
{
	const char *dot = strrchr(dotted, '.');
	g_autofree char *last = g_strdelimit(g_strdup(dot ? dot + 1 : dotted), "-", '_');

	return !strcmp(last, rest);
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

/* The runtime names the module where its init function is called, as CPython does. */
static bool has_context(const struct convention *convention)
{
	return convention &&
	       (convention->module_name == LAST_COMPONENT || convention->module_name == PUNYCODE);
}

bool convention_names(const struct convention *convention, const char *symbol, const char *name)
{
	g_autofree char *rest = rest_of(convention, symbol);

	return has_context(convention) ? last_component_is(name, rest) : !strcmp(name, rest);
}

char *convention_module_name(const struct convention *convention, const char *symbol,
			     const char *context, const char *path)
{
	g_autofree char *rest = rest_of(convention, symbol);

	if (*context && convention_names(convention, symbol, context))
		return g_strdup(context);
	return convention ? module_name_make(convention, symbol, rest, path)
			  : g_steal_pointer(&rest);
}
