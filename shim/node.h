/* SPDX-License-Identifier: MIT */
/* What became of an init function of Node's. */
#ifndef DLSCOPE_NODE_H
#define DLSCOPE_NODE_H

#include <stdbool.h>

#include "span.h"

struct convention;

/* Is it one of Node-API, whose functions are called with their environment? */
bool node_is_api(const struct convention *convention);

/* Such a function of this span has returned: `failed` when it has left an exception. */
void node_init_returned(struct span *span);

#endif
