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

json_t *json_of_requester(const struct report *report, const struct frame *frame);

/* Of the load; empty for NULL. */
json_t *json_of_stack(const struct report *report, const struct load *load);

#endif
