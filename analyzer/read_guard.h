/* SPDX-License-Identifier: MIT */
/*
 * What libbabeltrace2 2.0.4 does with some damaged traces cannot be foreseen: it
 * aborts on an index that points behind the end of its stream, it dies of the
 * length of a sequence that has its highest bit set, it reads some for ever.
 * While it reads, the guard turns that into one sentence and exit status 2.
 *
 * Our own code called from there is no part of that: its bugs must stay visible.
 */
#ifndef DLSCOPE_READ_GUARD_H
#define DLSCOPE_READ_GUARD_H

/* From here on babeltrace2 reads `where`. */
void read_guard_begin(const char *where);

/* Our code begins and ends, within; that babeltrace2 got that far is progress. */
void read_guard_ours_begin(void);
void read_guard_ours_end(void);

/* babeltrace2 is done. */
void read_guard_end(void);

/* A temporary file to remove if it comes to that, NULL for none.  Borrowed until
 * the next call. */
void read_guard_remove(const char *path);

#endif
