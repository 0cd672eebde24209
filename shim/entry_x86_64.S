/* SPDX-License-Identifier: MIT */
/*
 * The entry points of the hooked functions, x86-64.
 *
 * Written in assembly so that the way out is a jump: the real function then
 * finds the program's own return address on the stack, as if we were not there
 * (glibc derives search path, namespace and lookup scope from it), whatever the
 * compiler and its options would have made of a C tail call.
 *
 * Only %rax, %r10 and %r11 are touched, which no caller expects to be kept.
 */
#include "thread_layout.h"

	.hidden	dlscope_thread
	.hidden	dlscope_resolve_all
	.hidden	dlscope_limit_registration
	.hidden	dlscope_replace_lttng_imports
	.hidden	dlscope_mode_of_first
	.hidden	dlscope_reentrant_calls

/* Tail: the traced function if a session records it or a dlerror() text is
 * owed, unless this thread is inside the tracer already (its own dl calls, those
 * of LTTng and libunwind, a signal handler that interrupted it).  It is when the
 * stack pointer lies below the frame in which the tracer was entered; when it lies
 * above, on the same stack, the tracer was left by siglongjmp. */
	.macro	hook_entry name, event
	.text
	.globl	\name
	.type	\name, @function
	.balign	16
	.globl	dlscope_entry_\name
	.hidden	dlscope_entry_\name
dlscope_entry_\name:
\name:
	.cfi_startproc
	endbr64
	movq	dlscope_thread@gottpoff(%rip), %rax
	movq	dlscope_gate_a_\name(%rip), %r10
	movq	dlscope_gate_b_\name(%rip), %r11
	movl	(%r10), %r10d
	orl	(%r11), %r10d
	orl	%fs:THREAD_ERROR_PENDING(%rax), %r10d
	jne	1f
	jmp	*dlscope_real_\name(%rip)
1:	movq	%rsp, %r10
	movq	%fs:THREAD_TRACER_FRAME(%rax), %r11
	testq	%r11, %r11
	je	traced_\name
	subq	%r11, %r10
	jb	2f
	cmpq	$THREAD_SAME_STACK, %r10
	jb	traced_\name
2:	.ifnc \event, attached /* those write none: nothing is missing */
	lock incq dlscope_reentrant_calls(%rip)
	.endif
	jmp	*dlscope_real_\name(%rip)
	.cfi_endproc
	.size	\name, . - \name

	.hidden	traced_\name

/* What dlscope_real_<name> points to until it is resolved: the real functions
 * are looked up on the first call of any of them, since liblttng-ust and others
 * call dlopen before our constructor has run. */
	.globl	dlscope_unresolved_\name
	.hidden	dlscope_unresolved_\name
	.type	dlscope_unresolved_\name, @function
	.balign	16
dlscope_unresolved_\name:
	.cfi_startproc
	endbr64
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	pushq	%rsi
	.cfi_adjust_cfa_offset 8
	pushq	%rdx
	.cfi_adjust_cfa_offset 8
	pushq	%rcx
	.cfi_adjust_cfa_offset 8
	pushq	%r8
	.cfi_adjust_cfa_offset 8
	pushq	%r9
	.cfi_adjust_cfa_offset 8
	subq	$8, %rsp /* aligned to 16 */
	.cfi_adjust_cfa_offset 8
	call	dlscope_resolve_all
	call	dlscope_limit_registration /* registration.h */
	call	dlscope_replace_lttng_imports /* lttng_imports.h */
	.ifc \name, dlopen
	movq	40(%rsp), %rdi /* the mode, as saved */
	movq	56(%rsp), %rsi /* the return address */
	call	dlscope_mode_of_first /* lttng_imports.h */
	movq	%rax, 40(%rsp)
	.endif
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r9
	.cfi_adjust_cfa_offset -8
	popq	%r8
	.cfi_adjust_cfa_offset -8
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	popq	%rdx
	.cfi_adjust_cfa_offset -8
	popq	%rsi
	.cfi_adjust_cfa_offset -8
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	jmp	*dlscope_real_\name(%rip)
	.cfi_endproc
	.size	dlscope_unresolved_\name, . - dlscope_unresolved_\name

	.hidden	dlscope_real_\name
	.hidden	dlscope_gate_a_\name
	.hidden	dlscope_gate_b_\name
	.endm

#define HOOK(function, event_a, event_b) hook_entry function, event_a;
#include "hooked_functions.def"
#undef HOOK

	.section .note.GNU-stack, "", @progbits
