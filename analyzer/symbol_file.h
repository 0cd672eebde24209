/* SPDX-License-Identifier: MIT */
/*
 * What the file of one object, and its debug files, say about addresses in it.
 *
 * For symbol_helper.c: damaged files may crash libdw, and keep it busy.
 */
#ifndef DLSCOPE_SYMBOL_FILE_H
#define DLSCOPE_SYMBOL_FILE_H

#include <glib.h>

#include "symbolize.h"

enum symbol_status {
	SYMBOLS_USABLE,
	SYMBOLS_ABSENT,	    /* there is no such file */
	SYMBOLS_CHANGED,    /* it is another one now */
	SYMBOLS_UNREADABLE, /* it may not or cannot be opened */
	SYMBOLS_DAMAGED,
};

struct symbol_file;

/* `reason` says what is wrong, a part of a sentence, when it is not usable; the
 * file is then NULL. */
enum symbol_status symbol_file_open(const struct symbol_search *search,
				    const struct symbol_source *source, struct symbol_file **file,
				    char **reason);
void symbol_file_close(struct symbol_file *file);
CLEANUP_FUNCTION(struct symbol_file, symbol_file_close)

/* Appends the struct code_place at `offset`, innermost first; their texts live as
 * long as the file. */
void symbol_file_places(struct symbol_file *file, uint64_t offset, GArray *places);

#endif
