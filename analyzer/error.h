/* SPDX-License-Identifier: MIT */
/*
 * Errors of the analyzer.  Every fallible function returns a struct error *,
 * NULL meaning success; out-parameters come last and are set only on success.
 * Only the command layer (cmd_*.c, main.c) prints an error and turns it into an
 * exit status.
 *
 * A message is one sentence without a final full stop that says what, where and
 * what to do.  Each level may put its own context in front: the user then reads
 * "cannot report on T: T/metadata: permission denied".
 */
#ifndef DLSCOPE_ERROR_H
#define DLSCOPE_ERROR_H

struct error;

/* A new error; caller owns it.  Never NULL: when memory is out it is a static
 * object that says so. */
struct error *error_create(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As error_create, with ": " and strerror(error_number) appended. */
struct error *error_errno(int error_number, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The static out-of-memory error. */
struct error *error_no_memory(void);

/* Puts "context: " in front of `err`, which it takes; NULL stays NULL. */
struct error *error_context(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The sentence; borrowed, valid until error_free(). */
const char *error_message(const struct error *err);

/* Frees; NULL is allowed. */
void error_free(struct error *err);

/* Prints "dlscope: <message>" to stderr and frees. */
void error_report(struct error *err);

#endif
