/* SPDX-License-Identifier: MIT */
/*
 * dlscope doctor: what it found out, and who finds it out.
 *
 * The checks are the rows of doctor_checks.def.  A function that looks at
 * something says doctor_pass() or doctor_find() for each row it answers, as often
 * as there is something to say, and nothing for a row it could not get to: that
 * one reads "not checked", never "ok".
 */
#ifndef DLSCOPE_DOCTOR_H
#define DLSCOPE_DOCTOR_H

#include <glib.h>

#include "error.h"
#include "options.h"

enum check {
#define CHECK(id, scope, severity, question, remedy) CHECK_##id,
#include "doctor_checks.def"
#undef CHECK
	CHECK_COUNT
};

enum doctor_scope { MACHINE, PROGRAM };

/* In the order of gravity. */
enum doctor_status { STATUS_NOT_CHECKED, STATUS_OK, NOTE, LIMITS, BLOCKS };

struct doctor_result {
	enum check check;
	enum doctor_status status;
	char *evidence;
	char *remedy; /* NULL when there is nothing to do */
};

struct doctor {
	const struct options *options;
	GPtrArray *results;  /* struct doctor_result */
	GPtrArray *files;    /* char *: what running CMD executes, one after the other */
	GPtrArray *versions; /* char *: "glibc 2.36" */
	char *directory;     /* of the preloaded libraries, or NULL */
};

struct doctor *doctor_create(const struct options *options);
void doctor_free(struct doctor *doctor);

/* The row is fine, because of the evidence. */
void doctor_pass(struct doctor *doctor, enum check check, const char *evidence, ...)
	__attribute__((format(printf, 3, 4)));

/* The row is not; its severity and remedy are those of the table. */
void doctor_find(struct doctor *doctor, enum check check, const char *evidence, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with a remedy of its own. */
void doctor_find_remedy(struct doctor *doctor, enum check check, const char *remedy,
			const char *evidence, ...) __attribute__((format(printf, 4, 5)));

/* The gravest of the check's results so far. */
enum doctor_status doctor_status_of(const struct doctor *doctor, enum check check);

/* The gravest of all results of the scope so far. */
enum doctor_status doctor_verdict(const struct doctor *doctor, enum doctor_scope scope);

/* --- who looks (one file each) --- */

void doctor_system(struct doctor *doctor);
void doctor_libraries(struct doctor *doctor);
void doctor_daemon(struct doctor *doctor);
void doctor_recording(struct doctor *doctor);
/* An error when there is no such program. */
struct error *doctor_program(struct doctor *doctor);

/* --- the answer --- */

void doctor_print_text(const struct doctor *doctor, FILE *out);
struct error *doctor_print_json(const struct doctor *doctor, FILE *out);

#endif
