/* SPDX-License-Identifier: MIT */
/* What LTTng includes several times to make the probes (lttng-ust(3)); the
 * schema itself is trace_events.def. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER dlscope

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "trace_provider.h"

#if !defined(DLSCOPE_TRACE_PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define DLSCOPE_TRACE_PROVIDER_H

#include <lttng/tracepoint.h>
#include "trace_events.def"

#endif

#include <lttng/tracepoint-event.h>
