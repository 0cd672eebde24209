/* SPDX-License-Identifier: MIT */
/*
 * The thunk pool, x86-64: see init_thunks.h.
 *
 * Thunk number i loads i and goes to the common part, which calls
 *
 *	dlscope_init_call(a, b, c, d, e, f, i, return address)
 *
 * with the six integer argument registers as the runtime set them.  Its result
 * comes back in %rax; %rdx and the floating point registers are not passed on,
 * which no init convention uses.
 */
#include "init_thunks_layout.h"

	.hidden	dlscope_init_call

	.text
	.globl	dlscope_init_thunks
	.hidden	dlscope_init_thunks
	.type	dlscope_init_thunks, @function
	.balign	INIT_THUNK_SIZE
dlscope_init_thunks:
	.cfi_startproc
	.set	thunk, 0
	.rept	INIT_THUNKS
	endbr64
	movl	$thunk, %eax
	jmp	init_common
	.balign	INIT_THUNK_SIZE
	.set	thunk, thunk + 1
	.endr
	.cfi_endproc
	.size	dlscope_init_thunks, . - dlscope_init_thunks

	.type	init_common, @function
init_common:
	.cfi_startproc
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	pushq	8(%rsp)	/* a copy: the callee owns its stack arguments */
	.cfi_adjust_cfa_offset 8
	pushq	%rax
	.cfi_adjust_cfa_offset 8
	call	dlscope_init_call
	addq	$24, %rsp
	.cfi_adjust_cfa_offset -24
	ret
	.cfi_endproc
	.size	init_common, . - init_common

	.section .note.GNU-stack, "", @progbits
