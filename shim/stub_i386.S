/* SPDX-License-Identifier: MIT */
/*
 * What a 32-bit program gets in place of the shim: nothing, and no complaint.
 *
 * Of an object in LD_PRELOAD that is of another class the loader says "cannot be
 * preloaded (wrong ELF class: ELFCLASS64): ignored" on stderr, in each process.  So
 * dlscope preloads DIRECTORY/$LIB/libdlscope.so where 32-bit programs can run, and each
 * loader finds one of its own class (preload.c; ld.so(8), "dynamic string tokens").
 */
	.section .note.GNU-stack, "", @progbits
