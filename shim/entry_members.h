/* SPDX-License-Identifier: MIT */
/* Functions in structures that init functions return: entry_members.def. */
#ifndef DLSCOPE_ENTRY_MEMBERS_H
#define DLSCOPE_ENTRY_MEMBERS_H

#include "span.h"

struct thunk;

/* What to return in place of `result`, which the init function of the thunk has
 * returned in this span: itself, or a copy, with the function timed. */
intptr_t entry_member_wrap(struct span *span, const struct thunk *thunk, intptr_t result);

#endif
