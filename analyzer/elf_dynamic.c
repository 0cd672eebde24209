/* SPDX-License-Identifier: MIT */
/*
 * Dynamic sections, through libelf: see elf_dynamic.h.
 */
#include "elf_dynamic.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

void elf_dynamic_free(struct elf_dynamic *dynamic)
{
	g_free(dynamic->soname);
	g_free(dynamic->rpath);
	g_free(dynamic->runpath);
	g_ptr_array_free(dynamic->needed, TRUE);
	g_ptr_array_free(dynamic->versions, TRUE);
	g_free(dynamic);
}

static void elf_close(Elf **elf)
{
	elf_end(*elf);
}

/* A FIFO would block, a device may do anything. */
static int open_regular(const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)))
		return fd;
	close(fd);
	return -1;
}

static Elf *elf_open(int fd)
{
	elf_version(EV_CURRENT);
	/* not ELF_C_READ_MMAP: a file that is cut off meanwhile would be SIGBUS */
	return fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
}

/* --- program headers ----------------------------------------------------------------- */

static void read_segments(Elf *elf, struct elf_dynamic *dynamic)
{
	size_t i, count = 0;
	GElf_Phdr header;

	if (elf_getphdrnum(elf, &count) < 0)
		return;
	for (i = 0; i < count && i < INT_MAX; i++) {
		if (!gelf_getphdr(elf, (int)i, &header))
			continue;
		if (header.p_type == PT_TLS)
			dynamic->tls_size = header.p_memsz;
		if (header.p_type == PT_LOAD && header.p_filesz <= UINT64_MAX - header.p_offset)
			dynamic->file_end = MAX(dynamic->file_end,
						header.p_offset + header.p_filesz);
	}
}

/* --- sections ------------------------------------------------------------------------- */

static void take_text(char **target, const char *text)
{
	if (!*target && text)
		*target = g_strdup(text);
}

static void take_entry(struct elf_dynamic *dynamic, const GElf_Dyn *entry, const char *text)
{
	switch (entry->d_tag) {
	case DT_NEEDED:
		if (text)
			g_ptr_array_add(dynamic->needed, g_strdup(text));
		break;
	case DT_SONAME: take_text(&dynamic->soname, text); break;
	case DT_RPATH: take_text(&dynamic->rpath, text); break;
	case DT_RUNPATH: take_text(&dynamic->runpath, text); break;
	case DT_FLAGS_1: dynamic->no_default = entry->d_un.d_val & DF_1_NODEFLIB; break;
	}
}

static bool is_text(GElf_Sxword tag)
{
	return tag == DT_NEEDED || tag == DT_SONAME || tag == DT_RPATH || tag == DT_RUNPATH;
}

static void read_entries(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			 struct elf_dynamic *dynamic)
{
	Elf_Data *entries = elf_getdata(section, NULL);
	GElf_Dyn entry;
	int i;

	for (i = 0; entries && gelf_getdyn(entries, i, &entry) && entry.d_tag != DT_NULL; i++)
		take_entry(dynamic, &entry,
			   is_text(entry.d_tag) ? elf_strptr(elf, header->sh_link, entry.d_un.d_val)
						: NULL);
}

static void read_versions(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			  struct elf_dynamic *dynamic)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t offset = 0;
	GElf_Verdef version;

	while (data && offset < INT_MAX && gelf_getverdef(data, (int)offset, &version)) {
		GElf_Verdaux name;
		const char *text = NULL;

		if (offset + version.vd_aux < INT_MAX &&
		    gelf_getverdaux(data, (int)(offset + version.vd_aux), &name))
			text = elf_strptr(elf, header->sh_link, name.vda_name);
		if (text && !(version.vd_flags & VER_FLG_BASE))
			g_ptr_array_add(dynamic->versions, g_strdup(text));
		if (!version.vd_next)
			break;
		offset += version.vd_next;
	}
}

static void read_sections(Elf *elf, struct elf_dynamic *dynamic)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header))
			continue;
		if (header.sh_type == SHT_DYNAMIC)
			read_entries(elf, section, &header, dynamic);
		else if (header.sh_type == SHT_GNU_verdef)
			read_versions(elf, section, &header, dynamic);
	}
}

struct elf_dynamic *elf_dynamic_read(const char *path)
{
	_cleanup_close_ int fd = open_regular(path);
	_cleanup_(elf_close) Elf *elf = elf_open(fd);
	struct elf_dynamic *dynamic;
	GElf_Ehdr header;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return NULL;
	dynamic = g_new0(struct elf_dynamic, 1);
	dynamic->needed = g_ptr_array_new_with_free_func(g_free);
	dynamic->versions = g_ptr_array_new_with_free_func(g_free);
	dynamic->class = header.e_ident[EI_CLASS];
	dynamic->machine = header.e_machine;
	dynamic->type = header.e_type;
	read_segments(elf, dynamic);
	read_sections(elf, dynamic);
	return dynamic;
}
