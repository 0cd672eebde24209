/* SPDX-License-Identifier: MIT */
/* Offsets in struct call_as (caller.h) that assembly reads; static asserts in
 * caller.c hold the two together. */
#ifndef DLSCOPE_CALL_AS_LAYOUT_H
#define DLSCOPE_CALL_AS_LAYOUT_H

#define CALL_AS_FUNCTION   0
#define CALL_AS_GADGET	   8
#define CALL_AS_FRAME_SIZE 16

#endif
