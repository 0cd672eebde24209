/* SPDX-License-Identifier: MIT */
/*
 * Rules of a user's own: a file of rows as conventions.def and runtimes.def have them,
 *
 *	RUNTIME(myhost, "my host", "host_register", NOWHERE, "", PROGRAM, "", NULL)
 *	CONVENTION(myhost_start, myhost, "plugin_start_*", none, REQUIRED, REST, ZERO_IS_FAILURE, PLAIN)
 *
 * with comments of C, and from a # to the end of its line.  Read by the shim and by the
 * analyzer; the texts of a row are made in place, nothing is allocated.
 */
#ifndef DLSCOPE_RULE_FILE_H
#define DLSCOPE_RULE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { RULE_COLUMNS = 8, RULE_FILE_MAX = 65536 };

/* What stands at a place of the file. */
struct rule_cell {
	char *text;
	unsigned line, column; /* from 1 */
};

/* In the order of the columns that the .def files describe. */
struct rule_row {
	bool is_runtime; /* else a CONVENTION */
	struct rule_cell cells[RULE_COLUMNS];
};

struct rule_file {
	char *at, *line_start;
	unsigned line;
	const char *problem; /* NULL: none so far; else what, and `wrong` says where */
	struct rule_cell wrong;
};

static inline void rule_file_open(struct rule_file *file, char *text)
{
	*file = (struct rule_file){ .at = text, .line_start = text, .line = 1 };
}

static inline struct rule_cell rule_file_here(const struct rule_file *file)
{
	return (struct rule_cell){ file->at, file->line,
				   (unsigned)(file->at - file->line_start) + 1 };
}

/* Keeps the first. */
static inline bool rule_file_wrong(struct rule_file *file, const char *problem)
{
	if (!file->problem) {
		file->problem = problem;
		file->wrong = rule_file_here(file);
	}
	return false;
}

static inline void rule_file_step(struct rule_file *file)
{
	if (*file->at++ == '\n') {
		file->line++;
		file->line_start = file->at;
	}
}

static inline void rule_file_skip_to(struct rule_file *file, const char *end)
{
	while (*file->at && strncmp(file->at, end, strlen(end)) != 0)
		rule_file_step(file);
}

static inline void rule_file_skip_comment(struct rule_file *file)
{
	const struct rule_file start = *file;
	file->at += 2; /* of a slash and a star that are one, the comment does not end */
	rule_file_skip_to(file, "*/");
	if (*file->at) {
		file->at += 2;
		return;
	}
	file->problem = "the comment does not end";
	file->wrong = rule_file_here(&start);
}

static inline void rule_file_skip_blank(struct rule_file *file)
{
	for (;;) {
		if (*file->at == '#' || strncmp(file->at, "//", 2) == 0) {
			rule_file_skip_to(file, "\n");
		} else if (strncmp(file->at, "/*", 2) == 0) {
			rule_file_skip_comment(file);
		} else if (*file->at && strchr(" \t\r\n", *file->at)) {
			rule_file_step(file);
		} else {
			return;
		}
	}
}

static inline bool rule_file_is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* The text of a cell, without quotes; *end is where its NUL goes. */
static inline bool rule_file_cell(struct rule_file *file, struct rule_cell *cell, char **end)
{
	rule_file_skip_blank(file);
	*cell = rule_file_here(file);
	if (*file->at != '"') {
		while (rule_file_is_word(*file->at))
			file->at++;
		*end = file->at;
		return file->at > cell->text ||
		       rule_file_wrong(file, "a name or a text in quotes is missing");
	}
	cell->text = *end = ++file->at;
	for (; *file->at != '"'; *(*end)++ = *file->at++) {
		if (*file->at == '\\' && (file->at[1] == '\\' || file->at[1] == '"'))
			file->at++;
		if (*file->at == '\0' || *file->at == '\n')
			return rule_file_wrong(file, "the quote that ends the text is missing");
	}
	file->at++;
	return true;
}

static inline bool rule_file_expect(struct rule_file *file, char wanted, const char *problem)
{
	rule_file_skip_blank(file);
	if (*file->at != wanted)
		return rule_file_wrong(file, problem);
	file->at++;
	return true;
}

static inline bool rule_file_cells(struct rule_file *file, struct rule_row *row)
{
	for (int i = 0; i < RULE_COLUMNS; i++) {
		const bool last = i + 1 == RULE_COLUMNS;
		char *end;
		if (!rule_file_cell(file, &row->cells[i], &end) ||
		    !rule_file_expect(file, last ? ')' : ',',
				      last ? "a ) is missing after eight columns"
					   : "a comma is missing, of eight columns"))
			return false;
		*end = '\0'; /* the comma has been seen */
	}
	return true;
}

/* The next row; false at the end and where something is wrong. */
static inline bool rule_file_next(struct rule_file *file, struct rule_row *row)
{
	static const char *const kinds[] = { "CONVENTION", "RUNTIME" };
	rule_file_skip_blank(file);
	for (size_t i = 0; *file->at && i < 2; i++) {
		size_t size = strlen(kinds[i]);
		if (strncmp(file->at, kinds[i], size) != 0 || rule_file_is_word(file->at[size]))
			continue;
		file->at += size;
		row->is_runtime = i == 1;
		return rule_file_expect(file, '(', "a ( is missing") && rule_file_cells(file, row);
	}
	return *file->at ? rule_file_wrong(file, "neither CONVENTION(...) nor RUNTIME(...)")
			 : false;
}

#endif
