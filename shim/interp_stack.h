/* SPDX-License-Identifier: MIT */
/* Stacks of interpreters. */
#ifndef DLSCOPE_INTERP_STACK_H
#define DLSCOPE_INTERP_STACK_H

#include "span.h"

/* Writes where the interpreter is, as an interp_stack event of this span, if an
 * interpreter runs in this thread and lets itself be asked without waiting. */
void interp_stack_emit(struct span *span);

#endif
