/* SPDX-License-Identifier: MIT */
/* Opening libdlscope-lttng.so when it was not preloaded beside the shim. */
#ifndef DLSCOPE_PROVIDER_LOADER_H
#define DLSCOPE_PROVIDER_LOADER_H

/* Opens it if an LTTng session daemon's socket is there.  Called by the
 * constructor; on any trouble the program runs untraced. */
void provider_load(void);

#endif
