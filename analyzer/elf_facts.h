/* SPDX-License-Identifier: MIT */
/*
 * What an ELF file says of itself, as far as doctor asks.
 */
#ifndef DLSCOPE_ELF_FACTS_H
#define DLSCOPE_ELF_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"

enum {
	SYMBOLS_MAX = 32, /* of doctor_symbols.def */
};

struct elf_facts {
	unsigned int class, machine, type; /* ELFCLASS64, EM_X86_64, ET_DYN */
	char *interpreter;		   /* PT_INTERP, or NULL */
	char *soname;			   /* or NULL */
	bool has_symbols;		   /* it has a table of dynamic symbols */
	bool is_go;			   /* it holds the build notes of Go */
	uint32_t symbols;		   /* set of the rows of doctor_symbols.def it has */
};

enum elf_symbol_row {
#define SYMBOL(name, kind, check) SYMBOL_##name,
#include "doctor_symbols.def"
#undef SYMBOL
	SYMBOL_ROWS
};

/* NULL when the file cannot be read or is not ELF; *error_number then tells
 * (0: not ELF).  Free with elf_facts_free(). */
struct elf_facts *elf_facts_read(const char *path, int *error_number);
void elf_facts_free(struct elf_facts *facts);
CLEANUP_FUNCTION(struct elf_facts, elf_facts_free)

/* The name and kind of a row. */
const char *elf_symbol_name(enum elf_symbol_row row);

/* Calls function(name, data) for each dynamic symbol that the file defines; false when
 * it cannot be read or has another build-id (hex digits; "": must have none;
 * NULL: any). */
typedef void elf_export_fn(const char *name, void *data);
bool elf_each_export(const char *path, const char *build_id, elf_export_fn *function, void *data);

/* The same of each that the file does not define and cannot do without. */
bool elf_each_import(const char *path, const char *build_id, elf_export_fn *function, void *data);

/* True when the file defines the dynamic symbol. */
bool elf_defines(const char *path, const char *symbol);

#endif
