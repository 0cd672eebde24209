/* SPDX-License-Identifier: MIT */
/*
 * The functions that symbol tables name, by address.
 */
#ifndef DLSCOPE_SYMBOL_TABLE_H
#define DLSCOPE_SYMBOL_TABLE_H

#include <elfutils/libdwfl.h>
#include <glib.h>

/* Of the file, of its debug file, or of both and the compressed table that some
 * distributions leave in a stripped file (MiniDebugInfo): what libdwfl finds. */
GArray *symbol_table_read(Dwfl_Module *module);

/* The name as it stands in the table, or NULL. */
const char *symbol_table_find(const GArray *table, uint64_t address);

#endif
