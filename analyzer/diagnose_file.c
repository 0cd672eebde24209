/* SPDX-License-Identifier: MIT */
/*
 * Files that are there and cannot be used.
 */
#include "diagnose.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "model_internal.h"
#include "text.h"

/* The file that the loader complains about, when it can be looked into. */
static char *file_of(struct diagnosis *diagnosis)
{
	const struct failure *failure = diagnosis->failure;
	const char *name = failure->file ? failure->file
					 : (failure->load ? failure->load->requested : NULL);
	g_autofree char *path = diagnosis->dependency ? g_strdup(diagnosis->dependency)
						      : diagnosis_path(diagnosis, name);

	return path && diagnosis_unchanged(diagnosis, path) ? g_steal_pointer(&path) : NULL;
}

/* How a sentence that has named what was asked for calls the file. */
static const char *file_word(const struct diagnosis *diagnosis, const char *path)
{
	const struct load *load = diagnosis->failure->load;
	const char *name = text_basename(path);

	return load && load->requested && !strcmp(text_basename(load->requested), name) ? "it"
											: name;
}

static ssize_t read_start(const char *path, void *bytes, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -1 : read(fd, bytes, size);
}

static void __attribute__((format(printf, 2, 3)))
says(struct diagnosis *diagnosis, const char *format, ...)
{
	const struct load *load = diagnosis->failure->load;
	const char *what = load && load->requested ? text_basename(load->requested) : "it";
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	failure_says(diagnosis->model, diagnosis->failure, "%s cannot be loaded: %s", what, text);
}

/* --- what machine it is for -------------------------------------------------------------- */

static const char *machine_name(unsigned int machine)
{
	static const struct {
		unsigned int machine;
		const char *name;
	} names[] = {
		{ EM_X86_64, "x86-64" }, { EM_386, "i386" },	{ EM_AARCH64, "aarch64" },
		{ EM_ARM, "arm" },	 { EM_RISCV, "riscv" }, { EM_PPC64, "ppc64" },
		{ EM_S390, "s390x" },	 { EM_MIPS, "mips" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another machine";
}

static unsigned int word_size(const unsigned char *ident)
{
	return ident[EI_CLASS] == ELFCLASS32 ? 32 : 64;
}

static void tell_machine(struct diagnosis *diagnosis, const char *path, const Elf64_Ehdr *header)
{
	const struct seeker *program =
		diagnosis->search->seekers->pdata[diagnosis->search->seekers->len - 1];

	says(diagnosis, "%s is a %u-bit file for %s, the program is for %s",
	     file_word(diagnosis, path), word_size(header->e_ident),
	     machine_name(header->e_machine),
	     machine_name(program->dynamic ? program->dynamic->machine : EM_X86_64));
}

static bool tell_class(struct diagnosis *diagnosis, const char *path)
{
	Elf64_Ehdr header = { 0 }; /* what is read of it is the same in both classes */

	if (read_start(path, &header, sizeof(header)) <= EI_NIDENT + 4)
		return false;
	tell_machine(diagnosis, path, &header);
	return true;
}

void diagnose_class(struct diagnosis *diagnosis)
{
	/* words: the CPU's model, not its kind */
	g_autofree char *path = diagnosis->failure->words ? NULL : file_of(diagnosis);

	if (path)
		tell_class(diagnosis, path);
}

/* glibc 2.36 (elf/dl-load.c, open_verify) passes over files for other machines and then
 * says that there was none. */
bool diagnose_passed_over(struct diagnosis *diagnosis, const char *path)
{
	if (!loader_search_passes_over(diagnosis->search, path) || !tell_class(diagnosis, path))
		return false;
	diagnosis->failure->kind = "wrong-elf-class";
	return true;
}

/* --- what it is instead --------------------------------------------------------------------- */

static const struct {
	const char *start, *name;
} formats[] = {
	{ "version https://git-lfs.github.com/", "a Git LFS pointer, not the file itself" },
	{ "version https://git-annex", "a git-annex pointer, not the file itself" },
	{ "<!DOCTYPE html", "an HTML page, as a failed download leaves it" },
	{ "<!doctype html", "an HTML page, as a failed download leaves it" },
	{ "<html", "an HTML page, as a failed download leaves it" },
	{ "<?xml", "an XML document" },
	{ "#!", "a script" },
	{ "!<arch>", "a static library" },
	{ "/* GNU ld script", "a linker script, which only the linker reads" },
	{ "INPUT", "a linker script, which only the linker reads" },
	{ "GROUP", "a linker script, which only the linker reads" },
	{ "\x1f\x8b", "compressed with gzip" },
	{ "\xfd"
	  "7zXZ",
	  "compressed with xz" },
	{ "\x28\xb5\x2f\xfd", "compressed with zstd" },
	{ "BZh", "compressed with bzip2" },
	{ "PK\x03\x04", "a ZIP archive" },
	{ "MZ", "a Windows library" },
	{ "\xcf\xfa\xed\xfe", "a macOS library" },
	{ "\xca\xfe\xba\xbe", "a macOS library or a Java class" },
	{ "BC\xc0\xde", "LLVM bitcode" },
};

static const char *format_of(const char *bytes, size_t size)
{
	size_t i, length;

	for (i = 0; i < G_N_ELEMENTS(formats); i++) {
		length = strlen(formats[i].start);
		if (size >= length && !memcmp(bytes, formats[i].start, length))
			return formats[i].name;
	}
	for (i = 0; i < size && bytes[i] == 0; i++)
		;
	return i == size ? "nothing but zero bytes" : NULL;
}

static void show_bytes(struct diagnosis *diagnosis, const char *bytes, size_t size)
{
	g_autoptr(GString) text = g_string_new(NULL);
	size_t i;

	for (i = 0; i < MIN(size, 16u); i++)
		if (g_ascii_isprint(bytes[i]))
			g_string_append_c(text, bytes[i]);
		else
			g_string_append_printf(text, "\\x%02x", (unsigned char)bytes[i]);
	failure_shows(diagnosis->model, diagnosis->failure, "it begins with \"%s\"", text->str);
}

static const char *type_name(unsigned int type)
{
	switch (type) {
	case ET_REL: return "an object file, which was never linked";
	case ET_EXEC:
	case ET_DYN: return "a program, not a library";
	case ET_CORE: return "a core dump";
	}
	return "an ELF file of an unknown type";
}

static void tell_elf(struct diagnosis *diagnosis, const char *path, const Elf64_Ehdr *header)
{
	const struct seeker *program =
		diagnosis->search->seekers->pdata[diagnosis->search->seekers->len - 1];

	if (program->dynamic && header->e_machine != program->dynamic->machine)
		tell_machine(diagnosis, path, header);
	else if (header->e_type != ET_DYN || strstr(diagnosis->failure->message, "executable"))
		says(diagnosis, "%s is %s", file_word(diagnosis, path), type_name(header->e_type));
}

static void tell_bytes(struct diagnosis *diagnosis, const char *path, const char *bytes,
		       size_t size)
{
	const char *format = format_of(bytes, size);

	if (format) {
		/* what is too short for ELF the loader calls cut off */
		diagnosis->failure->kind = "not-elf";
		diagnosis->failure->hint = strstr(format, "LFS") ? "git lfs pull" : NULL;
		says(diagnosis, "%s is %s", file_word(diagnosis, path), format);
	}
	show_bytes(diagnosis, bytes, size);
}

void diagnose_bytes(struct diagnosis *diagnosis)
{
	g_autofree char *path = file_of(diagnosis);
	char bytes[sizeof(Elf64_Ehdr)] = "";
	ssize_t size = path ? read_start(path, bytes, sizeof(bytes)) : -1;
	Elf64_Ehdr header;

	if (size < 0)
		return;
	memcpy(&header, bytes, sizeof(header));
	if (size > EI_NIDENT + 4 && !memcmp(bytes, ELFMAG, SELFMAG))
		tell_elf(diagnosis, path, &header);
	else
		tell_bytes(diagnosis, path, bytes, (size_t)size);
	diagnose_package_of_damaged(diagnosis, path);
}

/* --- its length ------------------------------------------------------------------------------- */

static bool is_cut(const char *path, uint64_t *has, uint64_t *needs)
{
	struct elf_dynamic *dynamic = elf_dynamic_read(path);
	struct stat status;

	if (!dynamic)
		return false;
	*needs = dynamic->file_end;
	elf_dynamic_free(dynamic);
	if (stat(path, &status) < 0)
		return false;
	*has = (uint64_t)status.st_size;
	return *has < *needs;
}

void diagnose_length(struct diagnosis *diagnosis)
{
	g_autofree char *path = file_of(diagnosis);
	uint64_t has, needs;
	struct stat status;

	if (!path || stat(path, &status) < 0)
		return;
	if (!status.st_size)
		says(diagnosis, "%s is empty", file_word(diagnosis, path));
	else if (is_cut(path, &has, &needs))
		says(diagnosis,
		     "%s is cut off, it has %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
		     file_word(diagnosis, path), has, needs);
	else {
		diagnose_bytes(diagnosis);
		return;
	}
	diagnose_package_of_damaged(diagnosis, path);
}

/* The loader maps what the headers promise; reading beyond the file's end is SIGBUS. */
void diagnose_crash(struct diagnosis *diagnosis)
{
	struct failure *failure = diagnosis->failure;
	g_autofree char *path = file_of(diagnosis);
	uint64_t has, needs;

	if (failure->process->signal != SIGBUS || !path || !is_cut(path, &has, &needs))
		return;
	failure->kind = "truncated";
	failure->hint = "install the file again: its end is missing";
	failure_says(diagnosis->model, failure,
		     "the process crashed (SIGBUS) while loading %s, which is cut off: it has "
		     "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
		     text_basename(path), has, needs);
}

/* --- permission ---------------------------------------------------------------------------------- */

static bool is_noexec(const char *path)
{
	struct statvfs status;

	return statvfs(path, &status) == 0 && status.f_flag & ST_NOEXEC;
}

/* The first part of the path that may not be passed or read by `uid`; groups are not
 * known, so only what nobody but the owner may is certain. */
static char *closed_part(const char *path, uint32_t uid)
{
	g_auto(GStrv) names = g_strsplit(path + 1, "/", -1);
	g_autoptr(GString) part = g_string_new(NULL);
	struct stat status;
	size_t i;

	for (i = 0; names[i]; i++) {
		mode_t needed;

		g_string_append_printf(part, "/%s", names[i]);
		if (stat(part->str, &status) < 0)
			return NULL;
		needed = S_ISDIR(status.st_mode) ? S_IXOTH : S_IROTH;
		if (status.st_uid == uid ? !(status.st_mode & (needed << 6))
					 : !(status.st_mode & (needed | needed << 3)))
			return g_string_free(g_steal_pointer(&part), FALSE);
	}
	return NULL;
}

static void tell_closed(struct diagnosis *diagnosis, const char *part)
{
	uint32_t uid = diagnosis->failure->load->uid;
	struct stat status;

	if (stat(part, &status) < 0)
		return;
	says(diagnosis, "user %u may not %s %s", uid,
	     S_ISDIR(status.st_mode) ? "enter the directory" : "read", part);
	failure_shows(diagnosis->model, diagnosis->failure,
		      "%s has mode %04o and belongs to user %u", part, status.st_mode & 07777,
		      status.st_uid);
}

void diagnose_permission(struct diagnosis *diagnosis)
{
	const struct failure *failure = diagnosis->failure;
	const char *file = failure->file ? failure->file : "";
	const char *directory = diagnosis->search->directory;
	g_autofree char *path = g_canonicalize_filename(file, *directory ? directory : NULL);
	g_autofree char *part = failure->load ? closed_part(path, failure->load->uid) : NULL;

	if (failure->words)
		return; /* it is not about the file's place */
	if (is_noexec(path))
		says(diagnosis, "%s is on a file system that is mounted noexec", path);
	else if (part)
		tell_closed(diagnosis, part);
}

/* mmap() failed, and glibc 2.36 (elf/dl-map-segments.h) does not say why. */
void diagnose_unmapped(struct diagnosis *diagnosis)
{
	struct failure *failure = diagnosis->failure;
	g_autofree char *path = failure->load ? diagnosis_path(diagnosis, failure->file) : NULL;
	uint64_t limit = failure->load ? failure->load->memory_limit : 0;

	if (!path || !strstr(failure->message, "map"))
		return;
	if (is_noexec(path)) {
		failure->kind = "permission";
		says(diagnosis, "%s is on a file system that is mounted noexec", path);
	} else if (limit && limit != UINT64_MAX) {
		failure->kind = "out-of-memory";
		says(diagnosis, "the limit on address space leaves no room for %s",
		     file_word(diagnosis, path));
		diagnose_memory(diagnosis);
	}
}

/* --- thread-local storage --------------------------------------------------------------------- */

/* A multiple of a page, beyond the 512 bytes that are there by default. */
static uint64_t surplus_for(uint64_t size)
{
	return (size + 512 + 4095) & ~UINT64_C(4095);
}

void diagnose_tls(struct diagnosis *diagnosis)
{
	g_autofree char *path = file_of(diagnosis);
	struct elf_dynamic *dynamic = path ? elf_dynamic_read(path) : NULL;
	g_autofree char *hint = NULL;

	if (!dynamic)
		return;
	failure_shows(diagnosis->model, diagnosis->failure,
		      "%s wants %" G_GUINT64_FORMAT " bytes of the surplus that glibc keeps for "
		      "libraries that are loaded later",
		      text_basename(path), dynamic->tls_size);
	hint = g_strdup_printf("GLIBC_TUNABLES=glibc.rtld.optional_static_tls=%" G_GUINT64_FORMAT
			       ", or load it at program start (LD_PRELOAD)",
			       surplus_for(dynamic->tls_size));
	diagnosis->failure->hint = model_intern(diagnosis->model, hint);
	elf_dynamic_free(dynamic);
}
