/* SPDX-License-Identifier: MIT */
/*
 * CPython's error indicator, read without moving it.
 *
 * It is taken out and put back as it was (PyErr_Fetch, PyErr_Restore), and no
 * Python code runs meanwhile: not str(), which a class may define, nor attributes,
 * which may be properties.  The text is made from the exception's arguments, of
 * which exact str and int objects are shown and others named by their type.  Those
 * stand in BaseException's `args`, one word behind the object's header in 2.7 and
 * in 3.0 to 3.15 (Include/cpython/pyerrors.h PyException_HEAD).
 */
#include "cpython.h"

#include <stddef.h>
#include <string.h>

#include "thread.h"

enum { ARGUMENTS_MAX = 8, TYPE_MAX = 256 };

struct text {
	char *at, *end; /* *at is the NUL byte */
};

static void append(struct text *text, const char *part)
{
	size_t size = strnlen(part, (size_t)(text->end - text->at));
	memcpy(text->at, part, size);
	text->at += size;
	*text->at = '\0';
}

static void append_number(struct text *text, long number)
{
	char digits[24];
	char *at = digits + sizeof digits - 1;
	unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;
	*at = '\0';
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		*--at = '-';
	append(text, at);
}

/* --- objects -------------------------------------------------------------------- */

struct reader {
	const struct cpython *python;
	size_t header; /* words of an object's header, the last of which is its type */
};

static uintptr_t *type_of(const struct reader *r, void *object)
{
	return ((uintptr_t **)object)[r->header - 1];
}

static bool is_subtype(const struct reader *r, void *type, void *base)
{
	return base && r->python->PyType_IsSubtype(type, base);
}

/* tp_name stands behind the header and ob_size.  2.7 has its own exceptions in a module
 * of that name, and says so. */
static const char *type_name(const struct reader *r, void *type)
{
	if (!r->python->PyType_Type || !is_subtype(r, type_of(r, type), r->python->PyType_Type))
		return "exception"; /* a class of 2.7's old style */
	const char *name = ((const char **)type)[r->header + 1];
	return strncmp(name, "exceptions.", 11) == 0 ? name + 11 : name;
}

static const char *utf8_of(const struct reader *r, void *object)
{
	const struct cpython *python = r->python;
	uintptr_t *type = type_of(r, object);
	if (python->PyString_AsString && type == python->PyString_Type)
		return python->PyString_AsString(object);
	return python->PyUnicode_AsUTF8 && type == python->PyUnicode_Type
		       ? python->PyUnicode_AsUTF8(object)
		       : NULL;
}

static void append_object(const struct reader *r, struct text *text, void *object)
{
	const struct cpython *python = r->python;
	const char *utf8 = utf8_of(r, object);
	uintptr_t *type = type_of(r, object);
	if (utf8) {
		append(text, utf8);
	} else if (python->PyLong_AsLong &&
		   (type == python->PyLong_Type || type == python->PyInt_Type)) {
		append_number(text, python->PyLong_AsLong(object));
	} else {
		append(text, "<");
		append(text, type_name(r, type));
		append(text, ">");
	}
}

static void append_arguments(const struct reader *r, struct text *text, void *tuple)
{
	intptr_t count = r->python->PyTuple_Size(tuple);
	for (intptr_t i = 0; i < count && i < ARGUMENTS_MAX; i++) {
		append(text, i ? ", " : "");
		append_object(r, text, r->python->PyTuple_GetItem(tuple, i));
	}
}

/* The value is an exception or, up to 3.11, what one would be made from: its only
 * argument, or the tuple of them (Python/errors.c PyErr_NormalizeException). */
static void append_value(const struct reader *r, struct text *text, void *value)
{
	void *base = r->python->PyExc_BaseException ? *r->python->PyExc_BaseException : NULL;
	if (!value || value == r->python->_Py_NoneStruct)
		return;
	if (is_subtype(r, type_of(r, value), base))
		value = ((void **)value)[r->header + 1];
	if (value && type_of(r, value) == r->python->PyTuple_Type)
		append_arguments(r, text, value);
	else if (value)
		append_object(r, text, value);
}

/* --- the indicator -------------------------------------------------------------- */

static bool can_read(const struct reader *r)
{
	const struct cpython *python = r->python;
	return r->header && python->PyErr_Fetch && python->PyErr_Restore &&
	       python->PyType_IsSubtype && python->PyTuple_Size && python->PyTuple_GetItem;
}

static void read_indicator(const struct reader *r, struct span *span)
{
	void *type, *value, *traceback;
	char *start = dlscope_thread.block->scratch;
	struct text text = { start, start + TYPE_MAX };
	r->python->PyErr_Fetch(&type, &value, &traceback);
	append(&text, type ? type_name(r, type) : "");
	span->call.exception = start;
	start = text.at + 1;
	text = (struct text){ start, start + DL_TEXT_MAX };
	*start = '\0';
	append_value(r, &text, value);
	/* not left behind by reading, as of text that UTF-8 cannot say */
	r->python->PyErr_Restore(type, value, traceback);
	span->call.exception_text = start;
}

bool cpython_read_exception(struct span *span)
{
	const struct cpython *python = cpython_get();
	if (!python || !python->PyErr_Occurred || !cpython_span_has_gil(span) ||
	    !python->PyErr_Occurred())
		return false;
	struct reader reader = { python, cpython_header_words(python) };
	span->call.exception = "exception";
	if (can_read(&reader))
		read_indicator(&reader, span);
	return true;
}
