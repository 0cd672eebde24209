/* SPDX-License-Identifier: MIT */
/*
 * The process that reads symbols and debug information.
 *
 * libdw crashes on some damaged files and does not end on others.  In a process of
 * its own that costs one object its names, and not the report.  One request is one
 * object with all the addresses that are asked for in it.
 */
#ifndef DLSCOPE_SYMBOL_HELPER_H
#define DLSCOPE_SYMBOL_HELPER_H

#include <glib.h>

#include "symbol_file.h"

struct symbol_helper;

/* Starts with the first request. */
struct symbol_helper *symbol_helper_create(const struct symbol_search *search);
void symbol_helper_free(struct symbol_helper *helper);

/* What is read goes to these; texts only live during the call. */
typedef void symbol_answer(uint64_t offset, const struct code_place *places, guint count,
			   void *data);

/* Asks for the offsets.  Not every one need have been answered when the object is
 * not SYMBOLS_USABLE; `reason` then says why, to be freed. */
enum symbol_status symbol_helper_ask(struct symbol_helper *helper,
				     const struct symbol_source *source, const uint64_t *offsets,
				     guint count, symbol_answer *answer, void *data, char **reason);

#endif
