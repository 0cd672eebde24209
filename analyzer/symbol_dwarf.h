/* SPDX-License-Identifier: MIT */
/*
 * Functions, inlined functions and lines of source, from DWARF.
 */
#ifndef DLSCOPE_SYMBOL_DWARF_H
#define DLSCOPE_SYMBOL_DWARF_H

#include <elfutils/libdw.h>
#include <glib.h>

#include "symbolize.h"

struct symbol_dwarf;

/* `bias` is what has to be added to addresses of the DWARF to get those asked for. */
struct symbol_dwarf *symbol_dwarf_create(Dwarf *dwarf, uint64_t bias);
void symbol_dwarf_free(struct symbol_dwarf *debug);

/* Appends the struct code_place at the address, innermost first, function names as
 * they are linked; nothing when the address is in no unit. */
void symbol_dwarf_places(struct symbol_dwarf *debug, uint64_t address, GArray *places);

#endif
