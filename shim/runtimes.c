/* SPDX-License-Identifier: MIT */
/* Recognising runtimes: see runtimes.h. */
#include "runtimes.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "elf_image.h"
#include "program_path.h"
#include "thread.h"
#include "trace.h"

enum { RUNTIMES_MAX = 64 }; /* sets of runtimes are words */
_Static_assert((int)RUNTIMES <= (int)RUNTIMES_MAX, "sets of runtimes are words");

enum version_from { FUNCTION, DATA, PATH, TEXT, NOWHERE };

/* Those of runtimes.def, then the user's own. */
static struct runtime {
	const char *id, *gate;
	enum version_from version_from;
	const char *version;
	runtime_attach *attach;
} runtimes[RUNTIMES_MAX] = {
	[RUNTIME_none] = { .id = "none" },
#define RUNTIME(id, name, gate, version_from, version, role, via, attach) \
	[RUNTIME_##id] = { #id, gate, version_from, version, attach },
#include "runtimes.def"
#undef RUNTIME
};

static size_t count = RUNTIMES;

static struct elf_name gates[RUNTIMES_MAX];

void runtimes_prepare(void)
{
	program_path_find();
	for (size_t i = 1; i < count; i++)
		if (runtimes[i].gate[0] != '/')
			elf_name_set(&gates[i], runtimes[i].gate);
}

bool runtimes_add(const char *id, const char *gate, const char *version_from, const char *version)
{
	static const char *const names[] = { "FUNCTION", "DATA", "PATH", "TEXT", "NOWHERE" };
	enum version_from from = FUNCTION;
	while (from < NOWHERE && strcmp(names[from], version_from) != 0)
		from++;
	if (count == RUNTIMES_MAX || *gate == '\0')
		return false;
	runtimes[count++] = (struct runtime){ id, gate, from, version, NULL };
	return true;
}

uint8_t runtime_by_id(const char *id)
{
	size_t i = count - 1;
	while (i > RUNTIME_none && strcmp(runtimes[i].id, id) != 0)
		i--;
	return (uint8_t)i;
}

static const char *path_of(const struct link_map *map)
{
	return map->l_name[0] || map != _r_debug.r_map ? map->l_name : program_path();
}

static uint64_t by_file_name(const char *path)
{
	const char *name = strrchr(path, '/');
	uint64_t found = 0;
	for (size_t i = 1; name && i < count; i++)
		if (runtimes[i].gate[0] == '/' &&
		    strncmp(name, runtimes[i].gate, strlen(runtimes[i].gate)) == 0)
			found |= RUNTIME_BIT(i);
	return found;
}

uint64_t runtimes_of(const struct link_map *map)
{
	return elf_find_names(map, gates, count) | by_file_name(path_of(map));
}

static bool is_what_it_should(const struct runtime *runtime, const struct elf_symbol *symbol)
{
	return (runtime->version_from == FUNCTION && symbol->type == STT_FUNC) ||
	       (runtime->version_from == DATA && symbol->type == STT_OBJECT);
}

/* The shim leaves the path to the analyzer, which has expressions. */
static const char *version_text(const struct runtime *runtime, const struct link_map *map)
{
	struct elf_symbol symbol;
	if (runtime->version_from == TEXT)
		return elf_find_numbered(map->l_ld, runtime->version);
	if (!elf_find_symbol(map, runtime->version, &symbol) ||
	    !is_what_it_should(runtime, &symbol))
		return NULL;
	return runtime->version_from == DATA ? (const char *)symbol.address
					     : ((const char *(*)(long))symbol.address)(0);
}

static void take_version(const struct runtime *runtime, const struct link_map *map, char *text,
			 size_t size)
{
	const char *found = version_text(runtime, map);
	found = found ? found : "";
	while (*found && (*found < '0' || *found > '9'))
		found++;
	size_t length = strcspn(found, " \t\n,;()$");
	length = length < size - 1 ? length : size - 1;
	memcpy(text, found, length);
	text[length] = '\0';
}

/* The analyzer finds the object by an address in it: l_addr is 0 of an executable that
 * is not position-independent. */
static void announce(const struct process *process, const struct runtime *runtime,
		     const struct link_map *map, uintptr_t start)
{
	struct dl_call call;
	char version[64];
	thread_call(&call, process);
	take_version(runtime, map, version, sizeof version);
	call.runtime = runtime->id;
	call.runtime_version = version;
	call.base = start;
	trace_emit(EVENT_runtime, &call);
}

/* Nobody unloads an interpreter, but another thread may just have unloaded a library. */
static bool is_mapped(const struct link_map *map, uintptr_t start)
{
	struct dl_find_object object;
	return _dl_find_object((void *)start, &object) == 0 && object.dlfo_link_map == map;
}

void runtimes_notice(struct process *process, uint64_t found, const struct link_map *map,
		     uintptr_t start)
{
	if (!is_mapped(map, start))
		return;
	found &= ~__atomic_fetch_or(&process->runtimes, found, __ATOMIC_RELAXED);
	for (; found; found &= found - 1) {
		const struct runtime *runtime = &runtimes[__builtin_ctzll(found)];
		announce(process, runtime, map, start);
		if (runtime->attach)
			runtime->attach(process, map);
	}
}
