/* SPDX-License-Identifier: MIT */
/*
 * What things are called: modules, failures, events and their enumerations,
 * functions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "convention.h"
#include "event_types.h"
#include "finding.h"
#include "symbolize.h"

/* --- modules --------------------------------------------------------------------- */

static void test_module_names(void **state)
{
	static const struct {
		const char *symbol, *context, *path, *name;
	} rows[] = {
		{ "PyInit__x", "pkg._x", "/a/_x.so", "pkg._x" },
		{ "PyInit__x", "pkg.other", "/a/_x.so", "_x" },
		{ "PyInit__x", "_x",
		  "/usr/lib/python3/dist-packages/numpy/core/_x.cpython-311-x86_64-linux-gnu.so",
		  "_x" },
		{ "PyInit__x", "",
		  "/usr/lib/python3/dist-packages/numpy/core/_x.cpython-311-x86_64-linux-gnu.so",
		  "numpy.core._x" },
		{ "PyInit__x", "", "/venv/lib/site-packages/vendor/site-packages/a/_x.abi3.so",
		  "a._x" },
		{ "PyInit__ssl", "", "/usr/lib/python3.11/lib-dynload/_ssl.so", "_ssl" },
		{ "PyInit__x", "", "/opt/site-packages/pkg/renamed.so", "_x" },
		{ "PyInit__x", "", "/opt/elsewhere/_x.so", "_x" },
		{ "PyInit__x", "", "/opt/site-packages", "_x" },
		{ "PyInit__x", "", "", "_x" },
	};
	const struct convention *convention = convention_by_id("cpython_init");
	size_t i;

	assert_non_null(convention);
	for (i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *name = convention_module_name(convention, rows[i].symbol, rows[i].context,
						    rows[i].path);

		assert_string_equal(name, rows[i].name);
		g_free(name);
	}
}

static const char *rule_for(const char *symbol, const char *caller, const char *present)
{
	const struct convention *convention = convention_by_symbol(
		symbol, caller ? runtime_bit(runtime_by_id(caller)) : 0,
		present ? runtime_bit(runtime_by_id(present)) : 0);

	return convention ? convention->id : "none";
}

static void test_conventions_are_found_by_pattern(void **state)
{
	static const struct {
		const char *symbol, *caller, *present, *id;
	} rows[] = {
		{ "PyInit_x", "cpython", "cpython", "cpython_init" },
		{ "PyInitU_x", "cpython", "cpython", "cpython_init_unicode" },
		{ "PyInit_x", NULL, NULL, "cpython_init" },
		{ "initx", "cpython2", "cpython2", "cpython2_init" },
		{ "initx", "cpython", "cpython", "none" },
		{ "initx", NULL, NULL, "none" },
		{ "initx", NULL, "cpython2", "none" },
		{ "PyInit_x", "cpython2", "cpython2", "none" },
		{ "PyInit_", "cpython", "cpython", "none" },
		{ "PyInit", "cpython", "cpython", "none" },
		{ "xPyInit_y", "cpython", "cpython", "none" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_string_equal(rule_for(rows[i].symbol, rows[i].caller, rows[i].present),
				    rows[i].id);
	assert_null(convention_by_id("no_such_rule"));
	assert_true(convention_failed(convention_by_id("cpython_init"), 0, true));
	assert_false(convention_failed(convention_by_id("cpython_init"), 1, false));
	assert_true(convention_failed(convention_by_id("cpython2_init"), 0, true));
	assert_false(convention_failed(convention_by_id("cpython2_init"), 0, false));
}

/* The expected symbols are what CPython 3.11 looks up (importlib.machinery.
 * ExtensionFileLoader on a file without the symbol). */
static void test_non_ascii_names(void **state)
{
	static const struct {
		const char *symbol, *name;
	} rows[] = {
		{ "PyInitU_lanmt_2sa6t", "lan\xc4\x8d"
					 "m\xc3\xad"
					 "t" },
		{ "PyInitU_pna__bpa", "p\xc3\xa9"
				      "na_" },
		{ "PyInitU_not punycode", "not punycode" },
	};
	const struct convention *convention = convention_by_id("cpython_init_unicode");
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *name = convention_module_name(convention, rows[i].symbol, "", "");

		assert_string_equal(name, rows[i].name);
		g_free(name);
	}
}

/* --- findings -------------------------------------------------------------------- */

static void expect_text(const char *text, const char *expected)
{
	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
}

/* Texts as glibc 2.36 printed them. */
static void test_findings(void **state)
{
	static const struct {
		const char *text, *requested, *kind, *missing, *needed_by;
	} rows[] = {
		{ "libx.so: cannot open shared object file: No such file or directory", "libx.so",
		  "file-not-found", "libx.so", NULL },
		{ "/a/./libx.so: cannot open shared object file: No such file or directory",
		  "$ORIGIN/libx.so", "file-not-found", "/a/./libx.so", NULL },
		{ "libdep.so: cannot open shared object file: No such file or directory",
		  "/a/libx.so", "dependency-not-found", "libdep.so", "/a/libx.so" },
		{ "/a/x.so: cannot open shared object file: Permission denied", "/a/x.so",
		  "permission", NULL, NULL },
		{ "/a/x.so: failed to map segment from shared object: Operation not permitted",
		  "/a/x.so", "permission", NULL, NULL },
		{ "/a/x.so: failed to map segment from shared object: Cannot allocate memory",
		  "/a/x.so", "out-of-memory", NULL, NULL },
		{ "/a/x.so: cannot allocate memory in static TLS block", "/a/x.so", "static-tls",
		  NULL, NULL },
		{ "/a/x.so: wrong ELF class: ELFCLASS32", "/a/x.so", "wrong-elf-class", NULL,
		  NULL },
		{ "/a/x.so: file too short", "/a/x.so", "truncated", NULL, NULL },
		{ "/a/x.so: invalid ELF header", "/a/x.so", "not-elf", NULL, NULL },
		{ "/a: cannot read file data: Is a directory", "/a", "not-elf", NULL, NULL },
		{ "/a/x.so: undefined symbol: f", "/a/x.so", "undefined-symbol", "f", "/a/x.so" },
		{ "/a/x.so: undefined symbol: f, version V1", "/a/x.so", "undefined-symbol", "f",
		  "/a/x.so" },
		{ "/lib/libc.so.6: version `GLIBC_2.99' not found (required by /a/x.so)", "/a/x.so",
		  "symbol-version", "GLIBC_2.99", "/a/x.so" },
		{ "/a/x.so: symbol f, version V2 not defined in file liby.so with link time reference",
		  "/a/x.so", "symbol-version", "f", "/a/x.so" },
		{ "/a/\xff: undefined symbol: \xfe", "/a/\xff", "undefined-symbol", "\xfe",
		  "/a/\xff" },
		{ "something new", "/a/x.so", "other", NULL, NULL },
		{ "", NULL, "other", NULL, NULL },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct finding finding = finding_from_text(rows[i].text, rows[i].requested);

		assert_string_equal(finding.kind, rows[i].kind);
		expect_text(finding.missing, rows[i].missing);
		expect_text(finding.needed_by, rows[i].needed_by);
		finding_clear(&finding);
	}
}

/* The loader of this machine says it as the table has it. */
static void test_findings_of_the_loader_here(void **state)
{
	struct finding finding;

	assert_null(dlopen("libnot-there.so.7", RTLD_NOW));
	finding = finding_from_text(dlerror(), "libnot-there.so.7");
	assert_string_equal(finding.kind, "file-not-found");
	finding_clear(&finding);
	assert_null(dlopen("/etc/passwd", RTLD_NOW));
	finding = finding_from_text(dlerror(), "/etc/passwd");
	assert_string_equal(finding.kind, "not-elf");
	finding_clear(&finding);
	assert_null(dlsym(RTLD_DEFAULT, "not_there"));
	finding = finding_from_text(dlerror(), NULL);
	assert_string_equal(finding.kind, "undefined-symbol");
	assert_string_equal(finding.missing, "not_there");
	finding_clear(&finding);
}

/* --- schema ---------------------------------------------------------------------- */

static void test_every_event_says_who(void **state)
{
	static const char *const who[] = { "process", "pid", "tid", "call" };
	enum trace_event id;
	size_t i;

	for (id = 0; id < EVENT_COUNT; id++) {
		const struct event_type *type = event_type(id);

		assert_int_equal(event_type_find(type->name), id);
		for (i = 0; i < G_N_ELEMENTS(who); i++) {
			/* model.c reads them through one struct for all events */
			assert_string_equal(type->fields[i].name, who[i]);
			assert_int_equal(type->fields[i].offset, event_type(0)->fields[i].offset);
		}
	}
	assert_int_equal(event_type_find("no_such_event"), EVENT_COUNT);
}

static const struct field_type *field(const char *event, const char *name)
{
	const struct event_type *type = event_type(event_type_find(event));
	size_t i;

	for (i = 0; i < type->field_count; i++)
		if (!strcmp(type->fields[i].name, name))
			return &type->fields[i];
	fail_msg("no field %s in %s", name, event);
	return NULL;
}

static void test_fields_have_the_declared_types(void **state)
{
	assert_int_equal(field("load_begin", "lmid")->kind, FIELD_SIGNED);
	assert_int_equal(field("load_begin", "function")->kind, FIELD_ENUM);
	assert_int_equal(field("load_begin", "function")->size, 1);
	assert_int_equal(field("load_begin", "stack")->kind, FIELD_SEQUENCE);
	assert_int_equal(field("load_begin", "stack")->size, 8);
	assert_true(field("load_begin", "caller")->hex);
	assert_false(field("load_begin", "tid")->hex);
	assert_string_equal(enum_name(enum_load_outcome, LOAD_ALREADY), "already-loaded");
	assert_string_equal(enum_name(enum_load_outcome, LOAD_FAILED), "failed");
	assert_null(enum_name(enum_load_outcome, 99));
}

/* --- functions --------------------------------------------------------------------- */

/* A function of this program, which has its .symtab. */
void names_of_functions_are_found_here(void);
void names_of_functions_are_found_here(void)
{
	fail_msg("only its address is wanted");
}

struct self {
	uint64_t base;
	char build_id[2 * 64 + 1];
};

static void read_build_id(const char *notes, size_t size, struct self *self)
{
	while (size > sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const void *)notes;
		const char *desc = notes + sizeof(*note) + ((note->n_namesz + 3u) & ~3u);
		size_t length = (size_t)(desc - notes) + ((note->n_descsz + 3u) & ~3u);
		size_t i;

		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4)
			for (i = 0; i < note->n_descsz && i < 64; i++)
				snprintf(self->build_id + 2 * i, 3, "%02x", (unsigned char)desc[i]);
		if (length > size)
			return;
		notes += length;
		size -= length;
	}
}

static int first_object(struct dl_phdr_info *info, size_t size, void *data)
{
	struct self *self = data;
	size_t i;

	self->base = info->dlpi_addr;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE && info->dlpi_phdr[i].p_align == 4)
			read_build_id((const char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr,
				      info->dlpi_phdr[i].p_memsz, self);
	return 1;
}

/* The name at an offset of a file of that build-id. */
static const char *name_at(struct symbolizer *symbolizer, const char *path, const char *build_id,
			   uint64_t offset)
{
	struct symbol_source source = { path, build_id, 0, 0 };
	const struct code_places *places = symbolize(symbolizer, &source, offset);

	return places->count ? places->at[0].function : NULL;
}

static const struct symbol_search search;

static void test_functions_of_this_program(void **state)
{
	struct symbolizer *symbolizer = symbolizer_create(&search);
	g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
	struct self self = { 0 };
	uint64_t offset;

	dl_iterate_phdr(first_object, &self);
	assert_int_not_equal(strlen(self.build_id), 0);
	offset = (uint64_t)(uintptr_t)names_of_functions_are_found_here - self.base;
	assert_string_equal(name_at(symbolizer, path, self.build_id, offset),
			    "names_of_functions_are_found_here");
	assert_string_equal(name_at(symbolizer, path, self.build_id, offset + 1),
			    "names_of_functions_are_found_here");
	assert_null(name_at(symbolizer, path, self.build_id, 0));
	assert_null(name_at(symbolizer, path, "0102", offset));
	assert_null(name_at(symbolizer, path, "", offset));
	symbolizer_free(symbolizer);
}

static int vdso(struct dl_phdr_info *info, size_t size, void *data)
{
	if (info->dlpi_addr != getauxval(AT_SYSINFO_EHDR))
		return 0;
	return first_object(info, size, data);
}

/* It is in no file. */
static void test_functions_of_the_vdso(void **state)
{
	struct symbolizer *symbolizer = symbolizer_create(&search);
	struct self self = { 0 };
	uint64_t offset;
	bool found = false;

	if (!dl_iterate_phdr(vdso, &self))
		skip();
	for (offset = 0; offset < 0x2000 && !found; offset += 16) {
		const char *name = name_at(symbolizer, "linux-vdso.so.1", self.build_id, offset);

		found = name && strstr(name, "clock_gettime");
	}
	assert_true(found);
	assert_null(name_at(symbolizer, "linux-vdso.so.1", "0102", offset));
	symbolizer_free(symbolizer);
}

static void test_files_without_functions(void **state)
{
	struct symbolizer *symbolizer = symbolizer_create(&search);

	assert_null(name_at(symbolizer, "/no/such/file", "", 1));
	assert_null(name_at(symbolizer, "linux-vdso.so.1", "", 1));
	assert_null(name_at(symbolizer, "/etc/passwd", "", 1));
	assert_null(name_at(symbolizer, "/", "", 1));
	symbolizer_free(symbolizer);
}

/* It reads files for the symbolizer; damaged ones may kill it. */
static pid_t helper_process(void)
{
	g_autofree char *children = NULL;

	assert_true(g_file_get_contents("/proc/thread-self/children", &children, NULL, NULL));
	return atoi(children);
}

static void test_reader_that_dies(void **state)
{
	struct symbolizer *symbolizer = symbolizer_create(&search);
	g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *text = NULL;
	struct self self = { 0 };
	uint64_t offset;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	dl_iterate_phdr(first_object, &self);
	offset = (uint64_t)(uintptr_t)names_of_functions_are_found_here - self.base;
	assert_null(name_at(symbolizer, "/no/such/file", "", 1));
	assert_int_not_equal(helper_process(), 0);
	assert_int_equal(kill(helper_process(), SIGKILL), 0);
	assert_null(name_at(symbolizer, "/bin/sh", "", 1));
	assert_non_null(name_at(symbolizer, path, self.build_id, offset));
	symbolizer_complain(symbolizer, out);
	fclose(out);
	assert_string_equal(text,
			    "dlscope: functions of /bin/sh are not named: libdw dies of it\n");
	symbolizer_free(symbolizer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_module_names),
		cmocka_unit_test(test_conventions_are_found_by_pattern),
		cmocka_unit_test(test_non_ascii_names),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_findings_of_the_loader_here),
		cmocka_unit_test(test_every_event_says_who),
		cmocka_unit_test(test_fields_have_the_declared_types),
		cmocka_unit_test(test_functions_of_this_program),
		cmocka_unit_test(test_functions_of_the_vdso),
		cmocka_unit_test(test_files_without_functions),
		cmocka_unit_test(test_reader_that_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
