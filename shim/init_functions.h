/* SPDX-License-Identifier: MIT */
/* Init functions: which symbols name one, and the thunk that times it. */
#ifndef DLSCOPE_INIT_FUNCTIONS_H
#define DLSCOPE_INIT_FUNCTIONS_H

#include "span.h"

struct convention;

/* The convention that `name` follows, of a runtime that the caller is, or NULL. */
const struct convention *init_rule(const struct span *span, const char *name);

/* What to hand out for `function`, which the caller of the span has resolved as
 * `name`, by that convention: a thunk, or `function` itself (not an init function, data, no thunk
 * left).  Lock free; does not allocate. */
void *init_thunk(struct span *span, const struct convention *convention, const char *name,
		 void *function);

/* The same for one that no lookup has found: a structure names it, as `name`, which came
 * with the load of the span. */
void *init_thunk_registered(struct span *span, const struct convention *convention,
			    const char *name, void *function);

/* The same for an entry of a table of built-in modules: `name` is the module's. */
void *init_builtin_thunk(struct process *process, const struct convention *convention,
			 const char *name, void *function);

#endif
