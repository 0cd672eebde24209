/* SPDX-License-Identifier: MIT */
/*
 * From a babeltrace2 event to the struct of event_types.h, field by field name.
 *
 * Within one schema version fields are only ever added, so a field that the
 * trace lacks is 0 or "" and one that this version does not know is passed over.
 * The fields that say who (process, pid, tid, call) must be there.
 */
#ifndef DLSCOPE_EVENT_DECODE_H
#define DLSCOPE_EVENT_DECODE_H

#include <stdbool.h>

#include "cleanup.h"
#include "error.h"
#include "event_types.h"
#include "trace_reader.h"

struct event_decoder;

struct event_decoder *event_decoder_create(void);
void event_decoder_free(struct event_decoder *decoder);
CLEANUP_FUNCTION(struct event_decoder, event_decoder_free)

/* Decodes `raw` into `event`; *known is false for an event that this version
 * does not know (event is then untouched).  An error for a known event with
 * fields of other types or a schema that is newer than this program. */
struct error *event_decode(struct event_decoder *decoder, const struct raw_event *raw,
			   struct event *event, bool *known);

#endif
