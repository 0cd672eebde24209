/* SPDX-License-Identifier: MIT */
/*
 * Why something failed, by looking at the machine.
 *
 * Events say what the loader said.  Why it said so is in files: where it searched,
 * what those files need and define.  That is looked at when a report is made, where
 * this is the machine of the trace and its program's file is unchanged; of a file that
 * is younger than the failure nothing is concluded.
 */
#ifndef DLSCOPE_DIAGNOSE_H
#define DLSCOPE_DIAGNOSE_H

#include "loader_search.h"
#include "model.h"

/* Adds what is found to the model's failures.  Probes are not looked at. */
void diagnose_failures(struct model *model);

/* --- between the diagnose_<subject>.c ------------------------------------------------ */

struct diagnosis {
	struct model *model;
	struct failure *failure;
	struct loader_search *search; /* from the requester's point of view */
	char *dependency;	      /* the file of a dependency that is to blame, or NULL */
};

#define DIAGNOSIS(kind, function) void function(struct diagnosis *diagnosis);
#include "diagnoses.def"
#undef DIAGNOSIS

/* The path of a file that the failure speaks of, NULL when there is none.  Caller
 * g_free()s. */
char *diagnosis_path(struct diagnosis *diagnosis, const char *name);

/* Whether the file is there and was not changed since; where it was, says so. */
bool diagnosis_unchanged(struct diagnosis *diagnosis, const char *path);

/* Where it is not the file asked for that is to blame, but one that this one needs:
 * shows the chain to it, and finds it. */
void diagnose_chain(struct diagnosis *diagnosis);

/* A process that ended when it first called a function that nothing defines. */
bool diagnose_ended_by_loader(const struct model *model, const struct process *process);
void diagnose_lazy_binding(struct model *model, const struct process *process);

/* Tells the package that has it, and what to do, where that is known. */
void diagnose_package_of_missing(struct diagnosis *diagnosis, const char *name_or_path);
void diagnose_package_of_damaged(struct diagnosis *diagnosis, const char *path);

/* Tells it, where the loader passed over that file because of its machine. */
bool diagnose_passed_over(struct diagnosis *diagnosis, const char *path);

/* What the search has come past becomes the failure's `searched`. */
void diagnosis_take_places(struct diagnosis *diagnosis);

#endif
