/* SPDX-License-Identifier: MIT */
/*
 * Columns of the module table and the choice of rows and columns.
 */
#ifndef DLSCOPE_REPORT_COLUMNS_H
#define DLSCOPE_REPORT_COLUMNS_H

#include <stdio.h>

#include "error.h"
#include "model.h"
#include "options.h"

enum column_alignment { COLUMN_LEFT, COLUMN_RIGHT };
enum column_shown { COLUMN_ALWAYS, COLUMN_ROOM, COLUMN_VARIES, COLUMN_FILLED, COLUMN_ASKED };
enum column_type {
	COLUMN_TEXT,
	COLUMN_PATH,
	COLUMN_PLACE,
	COLUMN_TIME,
	COLUMN_STAMP,
	COLUMN_NUMBER,
	COLUMN_ID
};

enum column_id {
#define COLUMN(header, width, alignment, shown, type, json, value, help) COLUMN_ID_##header,
#include "report_columns.def"
#undef COLUMN
	COLUMN_COUNT
};

struct column {
	const char *header;
	double width;
	enum column_alignment alignment;
	enum column_shown shown;
	enum column_type type;
	const char *json, *help;
};

struct cell {
	const char *text;	   /* COLUMN_TEXT, COLUMN_PATH */
	const struct place *place; /* COLUMN_PLACE */
	uint64_t number;	   /* the others */
};

extern const struct column columns[COLUMN_COUNT];

struct cell column_cell(enum column_id id, const struct module *module);

/* The columns named by `list` ("A,B", "+A": the default ones and A; NULL: the
 * default ones).  Which are shown by default depends on the rows. */
struct error *columns_choose(const char *list, const GPtrArray *rows, enum column_id *chosen,
			     size_t *count);

/* The column that `name` (NULL: TOTAL) means. */
struct error *column_find(const char *name, enum column_id *id);

/* The modules that the options leave, in their order; `limit` is not applied.
 * Caller owns the array, not the modules. */
struct error *modules_choose(const struct model *model, const struct options *options,
			     GPtrArray **rows);

/* Whether the options leave it. */
bool module_wanted(const struct module *module, const struct options *options);

/* A table of the columns, for --list-columns. */
void columns_list(FILE *out);

const char *module_outcome_name(enum module_outcome outcome);

#endif
