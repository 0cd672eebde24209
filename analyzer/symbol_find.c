/* SPDX-License-Identifier: MIT */
/*
 * A file is believed when its build-id is the one that the trace has.  Where it is
 * gone or has changed, the debug file of that build-id serves as well: it has all
 * but the code.
 */
#include "symbol_find.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char default_debug_dir[] = "/usr/lib/debug";

/* --- is it the one? ----------------------------------------------------------------- */

static char *hex_of(const unsigned char *bytes, ssize_t count)
{
	GString *text = g_string_new(NULL);
	ssize_t i;

	for (i = 0; i < count; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	return g_string_free(text, FALSE);
}

static enum symbol_status changed(char **reason, const char *now, const char *then)
{
	*reason = g_strdup_printf("it is another file now (build-id %s, recorded was %s)",
				  *now ? now : "none", *then ? then : "none");
	return SYMBOLS_CHANGED;
}

/* The file under a sysroot is a copy: its time is its own. */
static bool same_stamp(const struct symbol_search *search, const struct symbol_source *source,
		       const struct stat *status)
{
	int64_t mtime_ns = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;

	return !source->size || ((uint64_t)status->st_size == source->size &&
				 (search->sysroot || mtime_ns == source->mtime_ns));
}

static enum symbol_status check_elf(const struct symbol_search *search,
				    const struct symbol_source *source, int fd,
				    const struct stat *status, char **reason)
{
	/* not mapped: of a file that shrinks meanwhile reading gives an error, no signal */
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	enum symbol_status result = SYMBOLS_USABLE;
	g_autofree char *build_id = NULL;
	const void *bytes;
	ssize_t count;

	if (elf_kind(elf) != ELF_K_ELF) {
		*reason = g_strdup("it is no ELF file");
		elf_end(elf);
		return SYMBOLS_DAMAGED;
	}
	count = dwelf_elf_gnu_build_id(elf, &bytes);
	build_id = hex_of(bytes, count);
	if (strcmp(build_id, source->build_id)) {
		result = changed(reason, build_id, source->build_id);
	} else if (!*build_id && !same_stamp(search, source, status)) {
		*reason = g_strdup("it has changed since (and has no build-id to compare)");
		result = SYMBOLS_CHANGED;
	}
	elf_end(elf);
	return result;
}

/* Nothing that is no ordinary file is read from: a pipe or a device may wait. */
static enum symbol_status open_checked(const struct symbol_search *search,
				       const struct symbol_source *source, const char *path,
				       int *result, char **reason)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum symbol_status status;
	struct stat attributes;

	if (fd < 0 || fstat(fd, &attributes)) {
		*reason = g_strdup(g_strerror(errno));
		return errno == ENOENT || errno == ENOTDIR ? SYMBOLS_ABSENT : SYMBOLS_UNREADABLE;
	}
	if (!S_ISREG(attributes.st_mode)) {
		*reason = g_strdup("it is not an ordinary file");
		return SYMBOLS_UNREADABLE;
	}
	status = check_elf(search, source, fd, &attributes, reason);
	if (status == SYMBOLS_USABLE) {
		*result = fd;
		fd = -1;
	}
	return status;
}

/* --- where it may be ------------------------------------------------------------------ */

char *symbol_debug_path(const struct symbol_search *search)
{
	GString *path = g_string_new(".debug");

	if (search->debug_dir)
		g_string_append_printf(path, ":%s", search->debug_dir);
	if (search->sysroot)
		g_string_append_printf(path, ":%s%s", search->sysroot, default_debug_dir);
	g_string_append_printf(path, ":%s", default_debug_dir);
	return g_string_free(path, FALSE);
}

static bool find_debug_file(const struct symbol_search *search, const struct symbol_source *source,
			    int *fd, char **path)
{
	g_autofree char *list = symbol_debug_path(search);
	g_auto(GStrv) dirs = g_strsplit(list, ":", -1);
	size_t i;

	for (i = 0; dirs[i] && strlen(source->build_id) > 2; i++) {
		g_autofree char *reason = NULL;
		g_autofree char *file = g_strdup_printf("%s/.build-id/%.2s/%s.debug", dirs[i],
							source->build_id, source->build_id + 2);

		if (*dirs[i] == '/' &&
		    open_checked(search, source, file, fd, &reason) == SYMBOLS_USABLE) {
			*path = g_steal_pointer(&file);
			return true;
		}
	}
	return false;
}

/* The kernel's own object is in no file; every process of the same kernel has it. */
static bool find_vdso(const struct symbol_search *search, const struct symbol_source *source,
		      int *result)
{
	const char *image = (const char *)getauxval(AT_SYSINFO_EHDR);
	const ElfW(Ehdr) *header = (const void *)image;
	_cleanup_close_ int fd = -1;
	struct stat status = { 0 };
	g_autofree char *reason = NULL;
	size_t size;

	if (!image)
		return false;
	size = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
	fd = memfd_create("vdso", MFD_CLOEXEC);
	if (fd < 0 || write(fd, image, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) ||
	    check_elf(search, source, fd, &status, &reason) != SYMBOLS_USABLE)
		return false;
	*result = fd;
	fd = -1;
	return true;
}

enum symbol_status symbol_find(const struct symbol_search *search,
			       const struct symbol_source *source, int *fd, char **path,
			       char **reason)
{
	g_autofree char *own = NULL;
	enum symbol_status status;

	if (*source->path != '/') { /* the vdso, or a name that meant something elsewhere */
		*path = g_strdup("vdso");
		return find_vdso(search, source, fd) ? SYMBOLS_USABLE : SYMBOLS_ABSENT;
	}
	own = g_strconcat(search->sysroot ? search->sysroot : "", source->path, NULL);
	status = open_checked(search, source, own, fd, reason);
	if (status == SYMBOLS_USABLE)
		*path = g_steal_pointer(&own);
	else if (find_debug_file(search, source, fd, path))
		status = SYMBOLS_USABLE;
	return status;
}
