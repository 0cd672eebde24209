/* SPDX-License-Identifier: MIT */
/*
 * Whether an init function of Node-API has left a JavaScript exception: see node.h.
 *
 * napi_is_exception_pending() reads a member of the environment and clears its last error,
 * as the module's next call into it does (node 20 src/js_native_api_v8.cc).  Node itself
 * looks at the exception alone when the function has returned (CallModule).
 */
#include "node.h"

#include <stddef.h>
#include <string.h>

#include "conventions.h"
#include "interp_stack.h"
#include "runtimes.h"

static int (*is_pending)(void *environment, bool *result);

void node_attach(struct process *process, const struct link_map *map)
{
	__atomic_store_n(&is_pending,
			 (int (*)(void *, bool *))interp_symbol(map, "napi_is_exception_pending"),
			 __ATOMIC_RELEASE);
}

bool node_is_api(const struct convention *convention)
{
	return !convention->user && convention->runtime == RUNTIME_node &&
	       strncmp(convention->id, "node_api_", strlen("node_api_")) == 0;
}

void node_init_returned(struct span *span)
{
	int (*ask)(void *, bool *) = __atomic_load_n(&is_pending, __ATOMIC_ACQUIRE);
	bool pending = false;
	if (ask && span->argument && ask((void *)span->argument, &pending) == 0)
		span->call.failed = pending;
}
