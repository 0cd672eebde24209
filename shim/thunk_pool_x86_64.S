/* SPDX-License-Identifier: MIT */
/*
 * The thunk pool, x86-64: see thunk_pool.h.
 *
 * Thunk number i loads i and goes to the common part, which calls
 *
 *	dlscope_thunk_call(a, b, c, d, e, f, i, return address)
 *
 * with the six integer argument registers as the runtime set them.  Its result
 * comes back in %rax; %rdx and the floating point registers are not passed on,
 * which no init convention uses.
 */
#include "thunk_pool_layout.h"

	.hidden	dlscope_thunk_call

	.text
	.globl	dlscope_thunks
	.hidden	dlscope_thunks
	.type	dlscope_thunks, @function
	.balign	THUNK_SIZE
dlscope_thunks:
	.cfi_startproc
	.set	thunk, 0
	.rept	THUNKS
	endbr64
	movl	$thunk, %eax
	jmp	thunk_common
	.balign	THUNK_SIZE
	.set	thunk, thunk + 1
	.endr
	.cfi_endproc
	.size	dlscope_thunks, . - dlscope_thunks

	.type	thunk_common, @function
thunk_common:
	.cfi_startproc
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	pushq	8(%rsp)	/* a copy: the callee owns its stack arguments */
	.cfi_adjust_cfa_offset 8
	pushq	%rax
	.cfi_adjust_cfa_offset 8
	call	dlscope_thunk_call
	addq	$24, %rsp
	.cfi_adjust_cfa_offset -24
	ret
	.cfi_endproc
	.size	thunk_common, . - thunk_common

	.section .note.GNU-stack, "", @progbits
