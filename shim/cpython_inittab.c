/* SPDX-License-Identifier: MIT */
/*
 * CPython's built-in modules: the table PyImport_Inittab.
 *
 * 3.11 and earlier read it at each import, 3.12 and later copy it when the
 * interpreter is initialised (Python/import.c init_builtin_modules_table).  The
 * shim meets the interpreter in its constructor, or when it is loaded, before
 * either.
 *
 * An embedding program adds its own modules afterwards, with PyImport_AppendInittab or
 * PyImport_ExtendInittab, which move the table.  So these are called through us: by
 * objects that import them, of which the slot of the procedure linkage table is
 * pointed here, and by who looks them up.  Not by exporting their names, which
 * programs could find that have no Python.
 */
#include "cpython.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "conventions.h"
#include "import_slot.h"
#include "init_functions.h"

void cpython_wrap_inittab(struct process *process, const struct cpython *python)
{
	const struct convention *convention = convention_of(
		cpython_is_2(python) ? RULE_cpython2_inittab : RULE_cpython_inittab);
	struct cpython_inittab *entry = python->PyImport_Inittab ? *python->PyImport_Inittab : NULL;
	for (; entry && entry->name; entry++) {
		/* builtins and sys have none: they are made by hand */
		void *function = __atomic_load_n(&entry->initfunc, __ATOMIC_RELAXED);
		if (function)
			__atomic_store_n(
				&entry->initfunc,
				init_builtin_thunk(process, convention, entry->name, function),
				__ATOMIC_RELAXED);
	}
}

/* --- tables that grow ----------------------------------------------------------- */

static int append_inittab(const char *name, void *function)
{
	const struct cpython *python = cpython_get();
	int result = python->PyImport_AppendInittab(name, function);
	cpython_wrap_inittab(process_current(), python);
	return result;
}

static int extend_inittab(struct cpython_inittab *entries)
{
	const struct cpython *python = cpython_get();
	int result = python->PyImport_ExtendInittab(entries);
	cpython_wrap_inittab(process_current(), python);
	return result;
}

void *cpython_wrap_lookup(void *function)
{
	const struct cpython *python = cpython_get();
	if (!python || !function)
		return function;
	if (function == (void *)python->PyImport_AppendInittab)
		return (void *)append_inittab;
	return function == (void *)python->PyImport_ExtendInittab ? (void *)extend_inittab
								  : function;
}

void cpython_wrap_callers(const struct cpython *python)
{
	for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next) {
		if (python->PyImport_AppendInittab)
			import_replace(map, "PyImport_AppendInittab", (void *)append_inittab);
		if (python->PyImport_ExtendInittab)
			import_replace(map, "PyImport_ExtendInittab", (void *)extend_inittab);
	}
}
