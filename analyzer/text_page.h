/* SPDX-License-Identifier: MIT */
/*
 * What the parts of a text report are written with: a stream that may have
 * colour, and tables whose cells cannot steer the terminal.
 */
#ifndef DLSCOPE_TEXT_PAGE_H
#define DLSCOPE_TEXT_PAGE_H

#include <libsmartcols.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "report.h"

struct page {
	const struct report *report;
	FILE *out;
	bool color;
	size_t width; /* of the terminal; 0: not one, lines may be of any length */
};

#define PAGE_BOLD   "1"
#define PAGE_RED    "31"
#define PAGE_YELLOW "33"

/* The report's page; colour as --color, NO_COLOR and the terminal have it. */
struct page page_of(const struct report *report);

/* Prints in one of the colours above. */
void page_print(const struct page *page, const char *color, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* An empty line and a heading. */
void page_title(const struct page *page, const char *title);

/* A table as --raw and --noheadings want it; table_print() prints and frees it. */
struct error *table_create(const struct page *page, struct libscols_table **result);
struct error *table_print(struct libscols_table *table);

/* What gives way where lines would be longer than the terminal is wide. */
enum fit {
	FIT_WHOLE,	/* nothing */
	FIT_BASE_NAMES, /* directories */
	FIT_LESS,	/* and the columns one can do without */
};

/* Makes a table for the page. */
typedef struct error *table_maker(const struct page *page, const void *data, enum fit fit,
				  struct libscols_table **result);

/* Prints it with as much as fits. */
struct error *table_print_fitting(const struct page *page, table_maker *make, const void *data);

/* Cells.  raw: times in nanoseconds, and text as it is, because smartcols itself
 * escapes in raw tables, blanks and backslashes included. */
void cell_text(struct libscols_line *line, size_t column, const char *text, bool raw);
void cell_path(struct libscols_line *line, size_t column, const char *path, bool raw, enum fit fit);
void cell_place(struct libscols_line *line, size_t column, const struct place *place, bool raw,
		enum fit fit);
void cell_time(struct libscols_line *line, size_t column, uint64_t ns, bool raw);
void cell_number(struct libscols_line *line, size_t column, uint64_t number);

#endif
