/* SPDX-License-Identifier: MIT */
/*
 * What an error text of the dynamic loader means (table: findings.def).
 */
#ifndef DLSCOPE_FINDING_H
#define DLSCOPE_FINDING_H

struct finding {
	const char *kind;		  /* "other" when no row matches */
	const char *hint;		  /* or NULL */
	const char *headline;		  /* as in failure_headlines.def, or NULL */
	char *file, *missing, *needed_by; /* or NULL; finding_clear() frees them */
};

/* Reads `text`, the error of loading `requested` (or of a lookup: NULL). */
struct finding finding_from_text(const char *text, const char *requested);

void finding_clear(struct finding *finding);

#endif
