/* SPDX-License-Identifier: MIT */
/*
 * What a failure says: headline, evidence, severity and why.
 */
#include "model_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "demangle.h"
#include "text.h"

static const char *intern_format(struct model *model, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	return model_intern(model, text);
}

void failure_says(struct model *model, struct failure *failure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	failure->headline = intern_format(model, format, args);
	va_end(args);
}

void failure_shows(struct model *model, struct failure *failure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(failure->evidence, (char *)intern_format(model, format, args));
	va_end(args);
}

void failure_judged(struct model *model, struct failure *failure, enum severity severity,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	failure->severity = severity;
	failure->reason = intern_format(model, format, args);
	va_end(args);
}

const char *model_readable(struct model *model, const char *symbol)
{
	char *text = demangle(symbol);
	const char *readable = model_intern(model, text);

	free(text);
	return readable;
}

/* --- headlines by kind --------------------------------------------------------------- */

enum subject { LOAD, LOOKUP, ANY };

static const struct headline {
	const char *kind;
	enum subject subject;
	const char *text;
} headlines[] = {
#define HEADLINE(kind, subject, text) { kind, subject, text },
#include "failure_headlines.def"
#undef HEADLINE
};

static bool fits(const struct headline *row, const struct failure *failure)
{
	if (strcmp(row->kind, failure->kind))
		return false;
	return row->subject == ANY || (row->subject == LOOKUP) == (failure->symbol != NULL);
}

static const char *find_headline(const struct failure *failure)
{
	size_t i;

	if (failure->words)
		return failure->words;
	for (i = 0; i < G_N_ELEMENTS(headlines); i++)
		if (fits(&headlines[i], failure))
			return headlines[i].text;
	return NULL;
}

static const char *what_of(const struct failure *failure)
{
	if (failure->load)
		return failure->load->requested ? text_basename(failure->load->requested)
						: "the main program";
	if (failure->symbol)
		return failure->symbol->name;
	return failure->module ? failure->module->name : "it";
}

/* "it" when it has just been named. */
static const char *other_than(const char *path, const char *what)
{
	const char *name = path ? text_basename(path) : what;

	return strcmp(name, what) ? name : "it";
}

static const char *where_of(const struct failure *failure)
{
	if (failure->object && *failure->object->path)
		return text_basename(failure->object->path);
	return "all loaded libraries";
}

/* The text that `name`, which has `length` bytes, stands for. */
static const char *word_of(struct model *model, const struct failure *failure, const char *name,
			   size_t length)
{
	const struct {
		const char *name, *text;
	} words[] = {
		{ "what", what_of(failure) },
		{ "missing",
		  failure->missing ? model_readable(model, failure->missing) : "something" },
		{ "needed_by", other_than(failure->needed_by, what_of(failure)) },
		{ "file", other_than(failure->file, what_of(failure)) },
		{ "where", where_of(failure) },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(words); i++)
		if (strlen(words[i].name) == length && !strncmp(words[i].name, name, length))
			return words[i].text;
	return "";
}

static char *fill_in(struct model *model, const struct failure *failure, const char *text)
{
	GString *filled = g_string_new(NULL);

	while (*text) {
		size_t plain = strcspn(text, "{"), name;

		g_string_append_len(filled, text, (gssize)plain);
		text += plain;
		if (!*text)
			break;
		name = strcspn(++text, "}");
		g_string_append(filled, word_of(model, failure, text, name));
		text += name + 1;
	}
	return g_string_free(filled, FALSE);
}

void failure_headline_finish(struct model *model, struct failure *failure)
{
	const char *row = failure->headline ? NULL : find_headline(failure);
	g_autofree char *text = row ? fill_in(model, failure, row) : NULL;

	if (failure->headline)
		return;
	failure->headline = text ? model_intern(model, text) : failure->message;
}
