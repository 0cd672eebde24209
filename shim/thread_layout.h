/* SPDX-License-Identifier: MIT */
/* Offsets in struct thread_state (thread.h) that assembly reads; static asserts
 * in thread.c hold the two together. */
#ifndef DLSCOPE_THREAD_LAYOUT_H
#define DLSCOPE_THREAD_LAYOUT_H

#define THREAD_TRACER_FRAME  0
#define THREAD_ERROR_PENDING 8

/* Two frames farther apart than this are taken to be on different stacks. */
#define THREAD_SAME_STACK 0x800000

#endif
