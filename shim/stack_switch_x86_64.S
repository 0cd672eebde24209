/* SPDX-License-Identifier: MIT */
/*
 * stack_switch(function, argument, top), x86-64: see stack.h.
 *
 * The frame's CFA is computed from %rbp, which stays on the old stack, so that an
 * unwinder walks from one to the other.
 */
	.text
	.globl	stack_switch
	.hidden	stack_switch
	.type	stack_switch, @function
	.balign	16
stack_switch:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsp
	andq	$-16, %rsp
	call	*%rax
	leave
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	stack_switch, . - stack_switch

	.section .note.GNU-stack, "", @progbits
