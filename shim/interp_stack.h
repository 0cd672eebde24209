/* SPDX-License-Identifier: MIT */
/*
 * Stacks of interpreters: interpreters.def.
 *
 * An interpreter is a function that walks its stack.  It is met by the attach function
 * of its row in runtimes.def, which finds what it needs among the symbols that the
 * interpreter exports.
 */
#ifndef DLSCOPE_INTERP_STACK_H
#define DLSCOPE_INTERP_STACK_H

#include <link.h>
#include <stdint.h>

#include "interp_text.h"
#include "span.h"

/* Writes where the interpreter is, as an interp_stack event of this span, if an
 * interpreter runs in this thread and lets itself be asked without waiting.  False when
 * there was none to tell. */
bool interp_stack_emit(struct span *span);

/* The same at the call of an init function of a module of `runtime` (enum runtime_id). */
void interp_stack_emit_init(struct span *span, uint8_t runtime, const intptr_t *arguments);

/* Appends the frames of the interpreter that makes the call of the span, innermost
 * first, `depth` at most; returns how many.  `arguments`: of the init function, if it is
 * one that is called. */
typedef uint32_t interp_walk(const struct span *span, const intptr_t *arguments, struct text *text,
			     uint32_t depth);

interp_walk perl_walk, ruby_walk, php_walk, lua_walk, luajit_walk, tcl_walk;

/* CPython has more to tell.  False when it is not the one that runs here. */
bool cpython_stack_emit(struct span *span);

/* For attach functions: the address of a symbol of the interpreter's, NULL for none. */
void *interp_symbol(const struct link_map *map, const char *name);

#endif
