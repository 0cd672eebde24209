/* SPDX-License-Identifier: MIT */
/* Modules that register themselves in a constructor: self_registered.def. */
#ifndef DLSCOPE_SELF_REGISTERED_H
#define DLSCOPE_SELF_REGISTERED_H

#include <link.h>

#include "span.h"

/* The load of this span has returned `map`: what that has registered is timed from now
 * on.  To be called before the runtime has it back. */
void self_registered_wrap(struct span *span, const struct link_map *map);

#endif
