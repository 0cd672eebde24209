/* SPDX-License-Identifier: MIT */
/*
 * The stack of a load as people read it: one order of native frames and those of an
 * interpreter.
 */
#ifndef DLSCOPE_REPORT_STACK_H
#define DLSCOPE_REPORT_STACK_H

#include "report.h"

struct stack_frame {
	const char *kind;	     /* "native", or the language */
	const char *function, *file; /* or NULL */
	uint32_t line;
	const struct frame *native; /* NULL: an interpreter's */
	bool inlined;		    /* into the frame after this one */
	bool loads_for_others;	    /* loader, runtime glue or import machinery */
};

/* Innermost first: struct stack_frame, as much as --native-only, --interp-only and
 * --full want; `cut`: outer frames are missing.  Texts are the report's. */
GArray *report_stack(const struct report *report, const struct load *load, bool *cut);

/* Likewise of the interpreter alone, where nothing native was recorded; NULL: none. */
GArray *report_interp_stack(const struct report *report, const struct interp_stack *interp,
			    bool *cut);

/* "FILE:LINE", or "OBJECT+OFFSET"; to be freed. */
char *stack_frame_where(const struct stack_frame *frame);

/* The first frame that did not load for somebody else; all empty for none. */
struct stack_frame report_requester(const struct report *report, const struct load *load);

/* Where the source of an init function is; false: not known. */
bool report_init_place(const struct report *report, const struct init *init, struct place *place);

/* Modules and failures that no interpreter asked for get the line of native source
 * that did; modules the function that did, if its source is not known. */
void report_add_places(const struct report *report, struct model *model);

/* Not more than one of the options that choose frames. */
struct error *report_stack_check(const struct options *options);

#endif
