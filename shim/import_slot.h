/* SPDX-License-Identifier: MIT */
/*
 * Calling us in place of a function that another object imports: by the slot of its
 * procedure linkage table, and so for that object alone.
 */
#ifndef DLSCOPE_IMPORT_SLOT_H
#define DLSCOPE_IMPORT_SLOT_H

/* Points the slot (elf_import_slot()) to `function`; leaves it as it is where the object
 * is not relocated yet, its page cannot be written to, or nothing tells whether it can
 * (elf_headers()).  Uses no function that a
 * sanitizer's runtime might define.  May change errno. */
void import_slot_set(void **slot, void *function);

#endif
