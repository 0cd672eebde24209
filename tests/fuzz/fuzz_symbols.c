/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's input taken as the file of an object: build-id, symbol tables, DWARF.
 *
 * What helper processes do (analyzer/symbol_helper.h), but in this one.  A crash in
 * libdw or libelf is theirs, and what the helper process is for; one with a frame of
 * ours innermost is a defect here.
 */
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbol_file.h"

enum { ADDRESSES = 48, FIRST = 0x100, SPACING = 0x14 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *build_id_of(int fd)
{
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	GString *text = g_string_new(NULL);
	const void *bytes;
	ssize_t i, count = dwelf_elf_gnu_build_id(elf, &bytes);

	for (i = 0; i < count; i++)
		g_string_append_printf(text, "%02x", ((const unsigned char *)bytes)[i]);
	elf_end(elf);
	return g_string_free(text, FALSE);
}

static void name_some(struct symbol_file *file)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(struct code_place));
	uint64_t i;

	for (i = 0; i < ADDRESSES; i++)
		symbol_file_places(file, FIRST + i * SPACING, places);
	symbol_file_places(file, UINT64_MAX, places);
	symbol_file_places(file, 0, places);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct symbol_search search = { NULL, "/nonexistent", false };
	int fd = memfd_create("input", MFD_CLOEXEC);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	g_autofree char *build_id = NULL, *reason = NULL;
	struct symbol_source source = { .path = path };
	struct symbol_file *file;

	elf_version(EV_CURRENT);
	if (fd >= 0 && write(fd, data, size) == (ssize_t)size) {
		build_id = build_id_of(fd);
		source.build_id = build_id;
		if (symbol_file_open(&search, &source, &file, &reason) == SYMBOLS_USABLE) {
			name_some(file);
			symbol_file_close(file);
		}
	}
	close(fd);
	return 0;
}
