/* SPDX-License-Identifier: MIT */
/*
 * dlscope_call_as(): calls a function so that its return address lies in an
 * object of our choice, x86-64.
 *
 * Why: glibc 2.36 (dlfcn/dlopen.c, elf/dl-open.c, elf/dl-sym.c) takes search
 * path, namespace and lookup scope of dlopen, dlmopen, dlsym and dlvsym from the
 * object that holds the return address.  A wrapper written in C is "the caller"
 * itself, and a program's RUNPATH is no longer searched.
 *
 * How: the real function is entered with the address of a `ret` byte inside the
 * calling object (the gadget, found by caller.c) as its return address.  Above
 * it stands the address of our continuation, which that `ret` returns to.
 *
 *	   saved %rbp %rbx %r12 %r13 %r14 %r15, padding
 *	C: -------------------------------------------- CFA of the gadget's frame
 *	   continuation        C-8    where the unwinder looks for it
 *	   ...                        (only when the gadget's frame is larger)
 *	   continuation        C-N    where the gadget's ret finds it
 *	   gadget              C-N-8  %rsp when the real function is entered
 *
 * N is the frame size that the gadget's object declares, in .eh_frame, for the
 * place of the gadget.  So an unwinder that passes here (a C++ exception thrown
 * by a constructor, backtrace() in it) computes C from the gadget's rule, finds
 * the continuation at C-8, and from there every callee-saved register through
 * the rules below, whatever the gadget's frame said of them.  %rbp holds C-16
 * throughout: it is how the continuation finds back, and it serves gadgets whose
 * rule is "%rbp + 16".
 *
 * The stack is 16-byte aligned as at any call; that C must be so when N is an
 * odd number of words and not when it is even is why there are two bodies.
 *
 * void *dlscope_call_as(const struct call_as *how, void *a, void *b, void *c)
 */
#include "call_as_layout.h"

/* Tells the span that it is being left when an exception passes (span.h). */
	.hidden	dlscope_personality

	.macro	save reg, offset
	pushq	%\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \reg, 0
	.endm

	.macro	restore reg
	popq	%\reg
	.cfi_adjust_cfa_offset -8
	.cfi_restore \reg
	.endm

/* pad: 0 or 8 bytes between the saved registers and C */
	.macro	call_as_body name, pad, continuation
	.type	\name, @function
\name:
	.cfi_startproc
	.cfi_personality 0x1b, dlscope_personality
	save	rbp
	save	rbx
	save	r12
	save	r13
	save	r14
	save	r15
	subq	$(8 + \pad), %rsp
	.cfi_adjust_cfa_offset (8 + \pad)
	leaq	-16(%rsp), %rbp
	/* From here on %rsp moves while we build the frame, %rbp does not. */
	.cfi_remember_state
	.cfi_def_cfa %rbp, (16 + 8 + \pad + 48 + 8)
	movq	CALL_AS_FRAME_SIZE(%rdi), %rax
	leaq	\continuation(%rip), %r10
	movq	CALL_AS_GADGET(%rdi), %r11
1:	pushq	%r10
	subq	$8, %rax
	ja	1b
	pushq	%r11
	movq	CALL_AS_FUNCTION(%rdi), %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	jmp	*%rax
	.cfi_restore_state
	/* Unwinders look up the address before a return address. */
	nop
	.globl	\continuation
	.hidden	\continuation
\continuation:
	leaq	16(%rbp), %rsp
	addq	$(8 + \pad), %rsp
	.cfi_adjust_cfa_offset -(8 + \pad)
	restore	r15
	restore	r14
	restore	r13
	restore	r12
	restore	rbx
	restore	rbp
	ret
	.cfi_endproc
	.size	\name, . - \name
	.endm

	.text
	.globl	dlscope_call_as
	.hidden	dlscope_call_as
	.type	dlscope_call_as, @function
	.balign	16
dlscope_call_as:
	.cfi_startproc
	testb	$8, CALL_AS_FRAME_SIZE(%rdi)
	jne	call_as_odd
	jmp	call_as_even
	.cfi_endproc
	.size	dlscope_call_as, . - dlscope_call_as

/* intptr_t dlscope_call(a, b, c, d, e, f, function): calls function(a ... f) as
 * ourselves.  In assembly for the sake of the personality alone. */
	.globl	dlscope_call
	.hidden	dlscope_call
	.type	dlscope_call, @function
	.balign	16
dlscope_call:
	.cfi_startproc
	.cfi_personality 0x1b, dlscope_personality
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	*16(%rsp)
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size	dlscope_call, . - dlscope_call

/* Entry: %rsp = 8 (mod 16).  After six pushes: 8.  The real function wants
 * C - N - 8 = 8 (mod 16), hence C = N (mod 16). */
	call_as_body call_as_odd, 8, dlscope_call_as_continuation_odd
	call_as_body call_as_even, 0, dlscope_call_as_continuation_even

	.section .note.GNU-stack, "", @progbits
