/* SPDX-License-Identifier: MIT */
/*
 * CPython's built-in modules: the table PyImport_Inittab.
 *
 * 3.11 and earlier read it at each import, 3.12 and later copy it when the
 * interpreter is initialised (Python/import.c init_builtin_modules_table).  The
 * shim meets the interpreter in its constructor, before either.  Entries that an
 * embedding program adds later with PyImport_AppendInittab are not wrapped.
 */
#include "cpython.h"

#include <stddef.h>

#include "init_functions.h"

void cpython_wrap_inittab(struct process *process, const struct cpython *python)
{
	const char *convention = cpython_is_2(python) ? "cpython2_inittab" : "cpython_inittab";
	struct cpython_inittab *entry = python->PyImport_Inittab ? *python->PyImport_Inittab : NULL;
	for (; entry && entry->name; entry++) {
		/* builtins and sys have none: they are made by hand */
		void *function = __atomic_load_n(&entry->initfunc, __ATOMIC_RELAXED);
		if (function)
			__atomic_store_n(&entry->initfunc,
					 init_builtin_thunk(process, convention, entry->name, function),
					 __ATOMIC_RELAXED);
	}
}
