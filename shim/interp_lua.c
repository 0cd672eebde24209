/* SPDX-License-Identifier: MIT */
/*
 * The Lua stack, through the state that a luaopen_ function is called with:
 * lua_getstack() and lua_getinfo() with "nSl" read it, and write into a structure of the
 * caller's (lua.h; 5.1 to 5.3 and LuaJIT have the line 40 bytes into it, 5.4 has it 48).
 */
#include <stddef.h>
#include <string.h>

#include "interp_stack.h"
#include "runtimes.h"

struct lua {
	const struct link_map *map;
	int (*getstack)(void *state, int level, void *record);
	int (*getinfo)(void *state, const char *what, void *record);
	size_t line;
};

static const struct lua *met_lua, *met_luajit;

static void attach(struct lua *lua, const struct lua **met, const struct link_map *map)
{
	if (*met)
		return;
	lua->map = map;
	lua->getstack = (int (*)(void *, int, void *))interp_symbol(map, "lua_getstack");
	lua->getinfo = (int (*)(void *, const char *, void *))interp_symbol(map, "lua_getinfo");
	lua->line = interp_symbol(map, "lua_newuserdatauv") ? 48 : 40; /* came with 5.4 */
	if (lua->getstack && lua->getinfo)
		__atomic_store_n(met, lua, __ATOMIC_RELEASE);
}

void lua_attach(struct process *process, const struct link_map *map)
{
	static struct lua lua;
	attach(&lua, &met_lua, map);
}

void luajit_attach(struct process *process, const struct link_map *map)
{
	static struct lua luajit;
	attach(&luajit, &met_luajit, map);
}

enum { NAME = 8, WHAT = 24, SOURCE = 32, RECORD_SIZE = 512 }; /* about 140 bytes are in use */

static const char *text_at(const char *record, size_t offset)
{
	return *(const char *const *)(record + offset);
}

static bool append_frame(struct text *text, const char *record, int line)
{
	const char *name = text_at(record, NAME), *what = text_at(record, WHAT),
		   *source = text_at(record, SOURCE);
	bool is_main = what && strcmp(what, "main") == 0;
	/* @file, =what to show, or the source itself (lua_load) */
	const char *file = source && (*source == '@' || *source == '=') ? source + 1 : "[string]";
	return append_place(text, name ? name : is_main ? "main chunk" : "", file, line);
}

static uint32_t walk(const struct lua *lua, const struct span *span, const intptr_t *arguments,
		     struct text *text, uint32_t depth)
{
	uint32_t written = 0;
	if (!lua || span->caller.map != lua->map || !arguments || !arguments[0])
		return 0;
	for (int level = 0; written < depth; level++) {
		_Alignas(16) char record[RECORD_SIZE] = { 0 };
		if (!lua->getstack((void *)arguments[0], level, record) ||
		    !lua->getinfo((void *)arguments[0], "nSl", record))
			break;
		int line = *(const int *)(record + lua->line);
		if (line <= 0)
			continue; /* a function of C */
		if (!append_frame(text, record, line))
			break;
		written++;
	}
	return written;
}

uint32_t lua_walk(const struct span *span, const intptr_t *arguments, struct text *text,
		  uint32_t depth)
{
	return walk(__atomic_load_n(&met_lua, __ATOMIC_ACQUIRE), span, arguments, text, depth);
}

uint32_t luajit_walk(const struct span *span, const intptr_t *arguments, struct text *text,
		     uint32_t depth)
{
	return walk(__atomic_load_n(&met_luajit, __ATOMIC_ACQUIRE), span, arguments, text, depth);
}
