/* SPDX-License-Identifier: MIT */
/* Recognising runtimes: see runtimes.h. */
#include "runtimes.h"

#include <stddef.h>
#include <string.h>

#include "cpython.h"
#include "elf_image.h"
#include "thread.h"
#include "trace.h"

static const struct runtime {
	const char *id, *gate, *version;
	runtime_attach *attach;
} runtimes[] = {
#define RUNTIME(id, name, gate, version, attach) { #id, gate, version, attach },
#include "runtimes.def"
#undef RUNTIME
};

uintptr_t runtime_of(const struct link_map *map)
{
	struct elf_symbol symbol;
	for (size_t i = 0; i < sizeof runtimes / sizeof runtimes[0]; i++)
		if (elf_find_symbol(map, runtimes[i].gate, &symbol))
			return i + 1;
	return 0;
}

const char *runtime_id(uintptr_t runtime)
{
	return runtimes[runtime - 1].id;
}

static void announce(const struct process *process, const struct runtime *runtime, const struct link_map *map)
{
	struct elf_symbol version;
	struct dl_call call;
	thread_call(&call, process);
	char text[64] = "";
	if (elf_find_symbol(map, runtime->version, &version))
		strncpy(text, ((const char *(*)(void))version.address)(), sizeof text - 1);
	text[strcspn(text, " ")] = '\0';
	call.runtime = runtime->id;
	call.runtime_version = text;
	call.base = map->l_addr;
	trace_emit(EVENT_runtime, &call);
}

void runtimes_notice(struct process *process, const struct link_map *map)
{
	uintptr_t index = runtime_of(map);
	uint32_t bit = index ? 1u << (index - 1) : 0;
	if (!index || __atomic_fetch_or(&process->runtimes, bit, __ATOMIC_RELAXED) & bit)
		return;
	announce(process, &runtimes[index - 1], map);
	if (runtimes[index - 1].attach)
		runtimes[index - 1].attach(process, map);
}
