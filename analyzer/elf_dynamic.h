/* SPDX-License-Identifier: MIT */
/*
 * What an ELF file asks of the loader, through libelf.
 */
#ifndef DLSCOPE_ELF_DYNAMIC_H
#define DLSCOPE_ELF_DYNAMIC_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"

struct elf_dynamic {
	unsigned int class, machine, type;
	char *soname, *rpath, *runpath; /* or NULL */
	GPtrArray *needed;		/* char *: DT_NEEDED, in order */
	GPtrArray *versions;		/* char *: versions that it defines */
	bool no_default;		/* DF_1_NODEFLIB */
	uint64_t tls_size;		/* of PT_TLS, 0 for none */
	uint64_t file_end;		/* where the last segment ends in the file */
};

/* NULL when the file cannot be read or is no ELF file. */
struct elf_dynamic *elf_dynamic_read(const char *path);
void elf_dynamic_free(struct elf_dynamic *dynamic);
CLEANUP_FUNCTION(struct elf_dynamic, elf_dynamic_free)

#endif
