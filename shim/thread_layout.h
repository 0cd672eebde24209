/* SPDX-License-Identifier: MIT */
/* Offsets in struct thread_state (thread.h) that assembly reads; static asserts
 * in thread.c hold the two together. */
#ifndef DLSCOPE_THREAD_LAYOUT_H
#define DLSCOPE_THREAD_LAYOUT_H

#define THREAD_IN_TRACER 0
#define THREAD_ERROR_PENDING 4

#endif
