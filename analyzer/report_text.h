/* SPDX-License-Identifier: MIT */
/*
 * Parts of the report for people.
 */
#ifndef DLSCOPE_REPORT_TEXT_H
#define DLSCOPE_REPORT_TEXT_H

#include "text_page.h"

/* Nothing is printed when there is nothing of the kind. */
void print_failures(const struct page *page);
void print_probes(const struct page *page);

/* What each interpreter imported, in processes with more than one. */
struct error *print_interpreters(const struct page *page);

/* What was loaded inside of what (report_tree.c). */
struct error *print_tree(const struct page *page);

#endif
