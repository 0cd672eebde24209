/* SPDX-License-Identifier: MIT */
/*
 * Parts of the report as JSON.
 */
#ifndef DLSCOPE_REPORT_JSON_H
#define DLSCOPE_REPORT_JSON_H

#include "json_text.h"
#include "report.h"

/* Text that may be empty for "not known". */
const char *json_or_null(const char *text);

/* json[name] = the line of source, null for NULL */
void json_set_place(json_t *json, const char *name, const struct place *place);

/* Who asked for the load: object, function, line of source. */
json_t *json_of_requester(const struct report *report, const struct load *load);

/* The same of a call whose stack is not known. */
json_t *json_of_caller(const struct report *report, const struct frame *caller);

/* Of the load; empty for NULL.  `cut`: outer frames are missing. */
json_t *json_of_stack(const struct report *report, const struct load *load, bool *cut);

/* Where the crash was. */
json_t *json_of_crash(const struct report *report, const struct crash *crash);

#endif
