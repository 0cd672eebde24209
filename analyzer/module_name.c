/* SPDX-License-Identifier: MIT */
/*
 * Names of modules, as those write them who load them: numpy.core._x, List::Util,
 * nokogiri/nokogiri, socket.core.
 *
 * A symbol has lost what the name needs (Perl's boot_List__Util), so the place of the
 * file is what tells: the components below a directory that the runtime searches.
 */
#include "module_name.h"

#include <fnmatch.h>
#include <glib.h>
#include <string.h>

/* Directories below which a file's place is its module's name; the innermost counts. */
static const struct {
	enum module_name_rule rule;
	const char *directory; /* as fnmatch(3) has it */
} roots[] = {
	{ LAST_COMPONENT, "site-packages" },
	{ LAST_COMPONENT, "dist-packages" },
	{ LAST_COMPONENT, "lib-dynload" },
	{ PERL_PACKAGE, "auto" },
	{ RUBY_FEATURE, "[0-9]*.[0-9]*.[0-9]*" }, /* lib/ruby/3.1.0 */
	{ RUBY_FEATURE, "*-linux*" },		  /* and the architecture below it */
	{ RUBY_FEATURE, "*-[0-9]*.[0-9]*" },	  /* extensions/.../nokogiri-1.13.10 */
	{ RUBY_FEATURE, "lib" },		  /* gems/nokogiri-1.13.10/lib */
	{ NODE_PACKAGE, "node_modules" },
};

static bool is_root(enum module_name_rule rule, const char *component)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(roots); i++)
		if (roots[i].rule == rule && !fnmatch(roots[i].directory, component, 0))
			return true;
	return false;
}

/* The index after the last root, 0 when there is none; the file itself is none. */
static guint after_root(enum module_name_rule rule, char **components, guint count)
{
	guint i, found = 0;

	for (i = 0; i + 1 < count; i++)
		if (is_root(rule, components[i]))
			found = i + 1;
	return found;
}

/* The components of a path, the last one without its suffixes. */
static char **components_of(const char *path, guint *count)
{
	char **components = g_strsplit(path, "/", -1);

	*count = g_strv_length(components);
	if (*count)
		*strchrnul(components[*count - 1], '.') = '\0';
	return components;
}

static char *stem_of(const char *path, bool without_lib)
{
	const char *name = strrchr(path, '/');
	const char *dot;

	name = name ? name + 1 : path;
	if (without_lib && g_str_has_prefix(name, "lib") && name[3])
		name += 3;
	/* up to .so, for a name may have dots of its own (libfoo-2.0.so.1) */
	dot = strstr(name, ".so");
	if (!dot)
		dot = strrchr(name, '.');
	return dot && dot > name ? g_strndup(name, (gsize)(dot - name)) : g_strdup(name);
}

/* .../dist-packages/numpy/core/_x.cpython-311-x86_64-linux-gnu.so, _x
 * -> numpy.core._x; NULL when the file is not called like the symbol. */
static char *python_name(const char *path, const char *rest)
{
	guint count;
	g_auto(GStrv) components = components_of(path, &count);
	guint first = after_root(LAST_COMPONENT, components, count);

	if (!first || strcmp(components[count - 1], rest))
		return NULL;
	return g_strjoinv(".", components + first);
}

/* .../auto/List/Util/Util.so -> List::Util */
static char *perl_name(const char *path, const char *rest)
{
	guint count;
	g_auto(GStrv) components = components_of(path, &count);
	guint first = after_root(PERL_PACKAGE, components, count);
	g_auto(GStrv) parts = NULL;

	if (first && first + 1 < count) {
		g_clear_pointer(&components[count - 1], g_free);
		return g_strjoinv("::", components + first);
	}
	parts = g_strsplit(rest, "__", -1);
	return g_strjoinv("::", parts);
}

static char *ruby_name(const char *path, const char *rest)
{
	guint count;
	g_auto(GStrv) components = components_of(path, &count);
	guint first = after_root(RUBY_FEATURE, components, count);

	return first ? g_strjoinv("/", components + first) : g_strdup(rest);
}

/* A dotted name as luaopen_ has it: dots become underscores, and of a part with a
 * hyphen the version goes, which is what stands behind the hyphen, and in Lua 5.1
 * what stands before it (loadlib.c). */
static bool lua_symbol_is(const char *name, const char *rest)
{
	g_autofree char *encoded = g_strdelimit(g_strdup(name), ".", '_');
	char *hyphen = strchr(encoded, '-');

	if (!hyphen)
		return !strcmp(encoded, rest);
	if (!strcmp(hyphen + 1, rest))
		return true;
	*hyphen = '\0';
	return !strcmp(encoded, rest);
}

/* .../lua/5.4/socket/core.so, socket_core -> socket.core */
static char *lua_name(const char *path, const char *rest)
{
	guint count, first;
	g_auto(GStrv) components = components_of(path, &count);

	for (first = count; first-- > 0;) {
		g_autofree char *name = g_strjoinv(".", components + first);

		if (lua_symbol_is(name, rest))
			return g_steal_pointer(&name);
	}
	return g_strdup(rest);
}

/* .../data.table/libs/data_table.so -> data.table */
static char *r_name(const char *path)
{
	guint count;
	g_auto(GStrv) components = components_of(path, &count);

	if (count > 2 && !strcmp(components[count - 2], "libs"))
		return g_strdup(components[count - 3]);
	return stem_of(path, false);
}

/* .../node_modules/@scope/package/build/Release/x.node -> @scope/package */
static char *node_name(const char *path)
{
	guint count;
	g_auto(GStrv) components = components_of(path, &count);
	guint first = after_root(NODE_PACKAGE, components, count);

	if (!first)
		return stem_of(path, false);
	if (components[first][0] == '@' && first + 1 < count)
		return g_strjoin("/", components[first], components[first + 1], NULL);
	return g_strdup(components[first]);
}

/* x86_64-unix/ws2_32.so -> ws2_32; winex11.so (before Wine 7 winex11.drv.so) ->
 * winex11.drv: it belongs to a file with this suffix, which only ".dll" may be left from. */
static char *wine_name(const char *path)
{
	static const struct {
		const char *stem, *suffix;
	} drivers[] = {
		{ "winex11", ".drv" },	 { "winewayland", ".drv" }, { "winealsa", ".drv" },
		{ "winepulse", ".drv" }, { "wineoss", ".drv" },	    { "winspool", ".drv" },
		{ "winebus", ".sys" },	 { "wineusb", ".sys" },	    { "mountmgr", ".sys" },
		{ "nsiproxy", ".sys" },	 { "gphoto2", ".ds" },	    { "sane", ".ds" },
	};
	g_autofree char *stem = stem_of(path, false);
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(drivers); i++)
		if (!strcmp(drivers[i].stem, stem))
			return g_strconcat(stem, drivers[i].suffix, NULL);
	if (g_str_has_suffix(stem, ".dll"))
		stem[strlen(stem) - strlen(".dll")] = '\0';
	return g_steal_pointer(&stem);
}

char *module_name_make(const struct convention *convention, const char *symbol, const char *rest,
		       const char *path)
{
	char *name = NULL;

	switch (convention->module_name) {
	case LAST_COMPONENT:
	case PUNYCODE: name = python_name(path, rest); break;
	case WHOLE: name = g_strdup(symbol); break;
	case REST: break;
	case STEM: name = stem_of(path, false); break;
	case LIB_STEM: name = stem_of(path, true); break;
	case PERL_PACKAGE: name = perl_name(path, rest); break;
	case RUBY_FEATURE: name = ruby_name(path, rest); break;
	case LUA_MODULE: name = lua_name(path, rest); break;
	case R_PACKAGE: name = r_name(path); break;
	case NODE_PACKAGE: name = node_name(path); break;
	case WINE_MODULE: name = wine_name(path); break;
	}
	if (name && *name)
		return name;
	g_free(name);
	return g_strdup(*rest ? rest : symbol);
}

char *module_name_of_file(const char *path)
{
	return stem_of(path, true);
}
