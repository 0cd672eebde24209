/* SPDX-License-Identifier: MIT */
/* Version of trace_events.def, carried by every process_begin event.  The
 * analyzer reads this version and all before it, and refuses newer ones. */
#ifndef DLSCOPE_SCHEMA_VERSION_H
#define DLSCOPE_SCHEMA_VERSION_H

#define DLSCOPE_SCHEMA_VERSION 1

#endif
