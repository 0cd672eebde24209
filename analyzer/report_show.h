/* SPDX-License-Identifier: MIT */
/*
 * report --show: one module or load in full.
 */
#ifndef DLSCOPE_REPORT_SHOW_H
#define DLSCOPE_REPORT_SHOW_H

#include "report.h"

/* What --show names: a module's id or name, or load:ID. */
struct error *report_show(const struct report *report, const char *what);

#endif
