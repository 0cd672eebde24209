/* SPDX-License-Identifier: MIT */
/*
 * shim/gadget_x86_64.c against the libraries of this machine: every one must
 * yield a gadget, in its own code, and nearly every one a gadget whose unwind rule
 * is known.  shim/elf_image.c against dlsym and dlinfo on the same libraries.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "elf_image.h"
#include "gadget.h"

static const char *const libraries[] = {
	"libc.so.6",	       "libm.so.6",	    "libstdc++.so.6",	"libgcc_s.so.1",
	"libjansson.so.4",     "libsmartcols.so.1", "libglib-2.0.so.0", "libelf.so.1",
	"libdw.so.1",	       "libz.so.1",	    "libcmocka.so.0",	"liblttng-ctl.so.0",
	"libbabeltrace2.so.0", "libunwind.so.8",
};
enum { LIBRARIES = sizeof libraries / sizeof libraries[0] };

static const struct link_map *open_map(const char *name)
{
	return dlopen(name, RTLD_LAZY | RTLD_LOCAL);
}

static void every_library_has_a_gadget(void **state)
{
	for (unsigned i = 0; i < LIBRARIES; i++) {
		struct dl_find_object object;
		struct gadget gadget;
		const struct link_map *map = open_map(libraries[i]);
		assert_non_null(map);
		assert_int_equal(_dl_find_object((void *)map->l_ld, &object), 0);
		assert_true(gadget_find(&object, &gadget));
		assert_true(gadget.address >= (uintptr_t)object.dlfo_map_start &&
			    gadget.address <= (uintptr_t)object.dlfo_map_end);
		assert_int_equal(*(const uint8_t *)gadget.address, 0xc3);
		assert_true(gadget.frame_size >= 8 && gadget.frame_size % 8 == 0);
	}
}

static void an_object_without_unwind_table_still_has_one(void **state)
{
	struct dl_find_object object;
	struct gadget gadget;
	assert_int_equal(_dl_find_object((void *)open_map("libz.so.1")->l_ld, &object), 0);
	object.dlfo_eh_frame = NULL;
	assert_true(gadget_find(&object, &gadget));
	assert_int_equal(*(const uint8_t *)gadget.address, 0xc3);
}

/* Damaged unwind data must not be believed, nor lead out of the object. */
static void a_damaged_unwind_table_is_passed_over(void **state)
{
	struct dl_find_object object;
	assert_int_equal(_dl_find_object((void *)open_map("libz.so.1")->l_ld, &object), 0);
	for (unsigned shift = 1; shift < 64; shift++) {
		struct dl_find_object damaged = object;
		struct gadget gadget;
		damaged.dlfo_eh_frame = (char *)object.dlfo_eh_frame + shift;
		if (gadget_find(&damaged, &gadget))
			assert_int_equal(*(const uint8_t *)gadget.address, 0xc3);
	}
}

static void symbols_are_those_that_dlsym_finds(void **state)
{
	static const char *const names[] = { "dlopen",	"dlsym",  "malloc",
					     "qsort_r", "memcpy", "environ" };
	const struct link_map *libc = open_map("libc.so.6");
	struct elf_symbol symbol;
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_true(elf_find_symbol(libc, names[i], &symbol));
		if (symbol.type != STT_GNU_IFUNC)
			assert_ptr_equal((void *)symbol.address, dlsym((void *)libc, names[i]));
	}
	assert_false(elf_find_symbol(libc, "no_such_symbol", &symbol));
	assert_false(elf_find_symbol(libc, "", &symbol));
}

static void sonames_are_read(void **state)
{
	for (unsigned i = 0; i < LIBRARIES; i++)
		assert_string_equal(elf_soname(open_map(libraries[i])), libraries[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_library_has_a_gadget),
		cmocka_unit_test(an_object_without_unwind_table_still_has_one),
		cmocka_unit_test(a_damaged_unwind_table_is_passed_over),
		cmocka_unit_test(symbols_are_those_that_dlsym_finds),
		cmocka_unit_test(sonames_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
