/* SPDX-License-Identifier: MIT */
/*
 * A decoded event as a JSON object, driven by the field table of its type.
 */
#ifndef DLSCOPE_EVENT_JSON_H
#define DLSCOPE_EVENT_JSON_H

#include <jansson.h>

#include "event_types.h"

/* {"time_ns", "host", "event", fields...}: addresses and bit sets as "0x...",
 * enumerations by name (an unknown value as a number), bytes as hex digits, argv
 * as an array of strings.  Caller owns it. */
json_t *event_to_json(const struct event *event);

#endif
