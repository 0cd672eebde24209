/* SPDX-License-Identifier: MIT */
/*
 * LTTng's rendezvous in shared memory.
 */
#ifndef DLSCOPE_WAIT_MEMORY_H
#define DLSCOPE_WAIT_MEMORY_H

/* Before the first daemon or program of ours: remembers what is there. */
void wait_memory_note(void);

/* After the last: removes what is ours and nobody uses any more. */
void wait_memory_sweep(void);

#endif
