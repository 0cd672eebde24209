/* SPDX-License-Identifier: MIT */
/*
 * Errors of the analyzer: one heap object with its text behind it, and one
 * static object for when there is no heap left to describe that.
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct error {
	char *message;
};

static struct error no_memory = { (char *)"out of memory" };

struct error *error_no_memory(void)
{
	return &no_memory;
}

/* Takes `message`, which may be NULL when formatting it found no memory. */
static struct error *error_from_text(char *message)
{
	struct error *err;

	if (!message)
		return &no_memory;
	err = malloc(sizeof(*err));
	if (!err) {
		free(message);
		return &no_memory;
	}
	err->message = message;
	return err;
}

static char *format_text(const char *format, va_list args)
{
	char *text;

	return vasprintf(&text, format, args) < 0 ? NULL : text;
}

/* "head: tail", NULL when memory is out. */
static char *join(const char *head, const char *tail)
{
	char *text;

	if (!head || asprintf(&text, "%s: %s", head, tail) < 0)
		return NULL;
	return text;
}

struct error *error_create(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	return error_from_text(text);
}

struct error *error_errno(int error_number, const char *format, ...)
{
	va_list args;
	char *head, *text;

	va_start(args, format);
	head = format_text(format, args);
	va_end(args);
	text = join(head, strerror(error_number));
	free(head);
	return error_from_text(text);
}

struct error *error_context(struct error *err, const char *format, ...)
{
	va_list args;
	char *head, *text;

	if (!err || err == &no_memory)
		return err;
	va_start(args, format);
	head = format_text(format, args);
	va_end(args);
	text = join(head, err->message);
	free(head);
	if (!text)
		return err; /* the bare cause says more than "out of memory" */
	free(err->message);
	err->message = text;
	return err;
}

const char *error_message(const struct error *err)
{
	return err->message;
}

void error_free(struct error *err)
{
	if (!err || err == &no_memory)
		return;
	free(err->message);
	free(err);
}

void error_report(struct error *err)
{
	fprintf(stderr, "dlscope: %s\n", err->message);
	error_free(err);
}
