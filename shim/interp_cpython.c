/* SPDX-License-Identifier: MIT */
/*
 * The Python stack, through CPython's own exported API.
 *
 * Only in a thread that is running Python code at this moment (cpython.h); with
 * the error indicator set aside; every reference given back.  In 3.11 asking for a
 * frame allocates an object, which may start the garbage collector and with it
 * arbitrary Python code, so the collector is held meanwhile (Objects/frameobject.c,
 * comment to GH-97002).  Before, frames are objects already; from 3.12 on the
 * collector only runs between instructions.
 *
 * The import machinery's own frames (import_machinery.def), several for each import
 * under way, are not counted, and their lines are not written.
 */
#include "interp_stack.h"

#include <stddef.h>
#include <string.h>

#include "cpython.h"
#include "settings.h"
#include "thread.h"
#include "trace.h"

enum { ENTRIES_MAX = 256 };

/* Which frames were entered from native code, innermost first. */
struct entries {
	uint32_t count;
	bool ended;
	uint8_t of[ENTRIES_MAX];
};

/* Names of attributes of a code object, as the interpreter has names: made once for a
 * stack, and found in its cache of attributes, which goes by where the name is. */
struct code_names {
	void *function, *file;
};

static void *intern(const struct cpython *python, const char *name)
{
	return python->PyString_InternFromString ? python->PyString_InternFromString(name)
						 : python->PyUnicode_InternFromString(name);
}

static bool make_names(const struct cpython *python, struct code_names *names)
{
	names->function = intern(python, python->Py_Version ? "co_qualname" : "co_name");
	names->file = intern(python, "co_filename");
	return names->function && names->file;
}

static void drop_names(const struct cpython *python, const struct code_names *names)
{
	if (names->function)
		python->Py_DecRef(names->function);
	if (names->file)
		python->Py_DecRef(names->file);
}

/* Function and file of a code object, where they have been appended already: importlib's
 * functions come again for each import under way.  While the stack is walked its frames keep
 * their code. */
struct code_text {
	const void *code;
	const char *start;
	size_t size;
	bool is_machinery;
};

struct code_texts {
	struct code_names names;
	uint32_t count;
	struct code_text of[16];
};

/* Appends a text attribute of a code object. */
static void append_attribute(const struct cpython *python, struct text *text, void *code,
			     void *name)
{
	void *value = python->PyObject_GetAttr(code, name);
	const char *utf8 = !value		       ? NULL
			   : python->PyString_AsString ? python->PyString_AsString(value)
						       : python->PyUnicode_AsUTF8(value);
	append(text, utf8 ? utf8 : "?");
	if (value)
		python->Py_DecRef(value);
}

/* 3.8 and earlier have no functions for these, but the attributes. */
static void *get_code(const struct cpython *python, void *frame)
{
	return python->PyFrame_GetCode ? python->PyFrame_GetCode(frame)
				       : python->PyObject_GetAttrString(frame, "f_code");
}

static void *get_back(const struct cpython *python, void *frame)
{
	return python->PyFrame_GetBack ? python->PyFrame_GetBack(frame)
				       : python->PyObject_GetAttrString(frame, "f_back");
}

static void *innermost(const struct cpython *python, void *thread_state)
{
	if (python->PyThreadState_GetFrame)
		return python->PyThreadState_GetFrame(thread_state);
	void *frame = python->PyEval_GetFrame();
	if (frame)
		python->Py_IncRef(frame);
	return frame;
}

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);
	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static bool is_machinery(const char *file)
{
	enum match { IS, ENDS };
	enum treatment { SHOWN, PASSED, FOLDED };
	static const struct {
		const char *runtime;
		enum match match;
		const char *file;
		enum treatment treatment;
	} machinery[] = {
#define MACHINERY(runtime, match, file, treatment) { runtime, match, file, treatment },
#include "import_machinery.def"
#undef MACHINERY
	};
	for (size_t i = 0; i < sizeof machinery / sizeof machinery[0]; i++)
		if (machinery[i].treatment == FOLDED &&
		    strcmp(machinery[i].runtime, "cpython") == 0 &&
		    (machinery[i].match == IS ? strcmp(file, machinery[i].file) == 0
					      : ends_with(file, machinery[i].file)))
			return true;
	return false;
}

static const struct code_text *find_text(const struct code_texts *texts, const void *code)
{
	uint32_t i = 0;
	while (i < texts->count && texts->of[i].code != code)
		i++;
	return i < texts->count ? &texts->of[i] : NULL;
}

/* Appends function and file.  Returns whether it is the import machinery's. */
static bool append_code(const struct cpython *python, struct text *text, struct code_texts *texts,
			void *code)
{
	const struct code_text *again = find_text(texts, code);
	if (again) {
		append_bytes(text, again->start, again->size);
		return again->is_machinery;
	}
	struct code_text added = { .code = code, .start = text->at };
	append_attribute(python, text, code, texts->names.function);
	const char *file = text->at;
	append_attribute(python, text, code, texts->names.file);
	if (text->cut)
		return false;
	added.size = (size_t)(text->at - added.start) - 1; /* without the last NUL */
	added.is_machinery = is_machinery(file);
	if (texts->count < sizeof texts->of / sizeof texts->of[0])
		texts->of[texts->count++] = added;
	return added.is_machinery;
}

/* Appends one frame whole, or nothing of it.  One of the import machinery without its
 * line, which takes the longest to find and nobody wants to know; the others are counted. */
static bool append_frame(const struct cpython *python, struct text *text, struct code_texts *texts,
			 void *frame, uint32_t *users)
{
	char *start = text->at;
	void *code = get_code(python, frame);
	if (!code)
		return false;
	bool is_user = !append_code(python, text, texts, code);
	python->Py_DecRef(code);
	if (is_user)
		append_number(text, python->PyFrame_GetLineNumber(frame));
	else
		append(text, "");
	*users += is_user;
	if (text->cut)
		text->at = start;
	return !text->cut;
}

/*
 * From 3.11 on one activation of the evaluation loop runs the functions of Python that
 * functions of Python call, and no API tells which frame was entered from C.  The
 * frame's own structure does (Include/internal/pycore_frame.h); a layout is only
 * believed where the structure points back to the frame object.
 */
static const struct frame_layout {
	unsigned long since; /* as Py_Version has it */
	uint8_t frame_object, previous, flag;
	uint8_t entry;	  /* least value of the flag that says so */
	bool of_previous; /* whose flag */
} frame_layouts[] = {
	{ 0x030e0000, 48, 8, 74, 3, true }, /* 3.14: owner of the frame before: the interpreter's */
	{ 0x030c0000, 48, 8, 70, 3, true }, /* 3.12: likewise, FRAME_OWNED_BY_CSTACK */
	{ 0x030b0000, 40, 48, 68, 1, false }, /* 3.11: is_entry */
};

static bool is_entry(const struct frame_layout *layout, char *frame, bool *known)
{
	enum { F_FRAME = 24 }; /* of a frame object, behind object head and f_back */
	char *inner = *(char **)(frame + F_FRAME);
	*known = inner && *(char **)(inner + layout->frame_object) == frame;
	if (*known && layout->of_previous)
		inner = *(char **)(inner + layout->previous);
	return *known && inner && (uint8_t)inner[layout->flag] >= layout->entry;
}

/* Up to 3.10 every frame is.  The first frame of which it is not known ends the list. */
static void note_entry(const struct cpython *python, void *frame, struct entries *entries)
{
	bool known = true, entry = true;
	if (entries->count == ENTRIES_MAX || entries->ended)
		return;
	if (python->Py_Version) {
		const struct frame_layout *layout = frame_layouts;
		while (*python->Py_Version < layout->since)
			layout++;
		entry = is_entry(layout, frame, &known);
	}
	entries->ended = !known;
	if (known)
		entries->of[entries->count++] = entry;
}

static uint32_t walk(const struct cpython *python, void *thread_state, struct text *text,
		     struct entries *entries)
{
	uint32_t depth = 0, users = 0;
	struct code_texts texts;
	texts.count = 0;
	void *frame = make_names(python, &texts.names) ? innermost(python, thread_state) : NULL;
	/* None, which f_back is at the end up to 3.8, has no f_code */
	while (frame && users < settings.interp_stack &&
	       append_frame(python, text, &texts, frame, &users)) {
		note_entry(python, frame, entries);
		depth++;
		void *back = get_back(python, frame);
		python->Py_DecRef(frame);
		frame = back;
	}
	if (frame) {
		text->cut = text->cut || users == settings.interp_stack;
		python->Py_DecRef(frame);
	}
	drop_names(python, &texts.names);
	return depth;
}

static bool can_walk(const struct cpython *python)
{
	return python &&
	       (python->PyThreadState_GetFrame || (python->PyEval_GetFrame && python->Py_IncRef)) &&
	       python->PyFrame_GetLineNumber && python->PyObject_GetAttrString &&
	       python->PyObject_GetAttr &&
	       (python->PyUnicode_InternFromString || python->PyString_InternFromString) &&
	       (python->PyUnicode_AsUTF8 || python->PyString_AsString) && python->PyErr_Fetch &&
	       python->PyErr_Restore && python->Py_DecRef;
}

static uint32_t walk_undisturbed(const struct cpython *python, void *thread_state,
				 struct text *text, struct entries *entries)
{
	void *type, *value, *traceback;
	python->PyErr_Fetch(&type, &value, &traceback);
	bool may_collect = python->Py_Version && *python->Py_Version < 0x030c0000 &&
			   python->PyGC_Disable && python->PyGC_Enable;
	int collecting = may_collect ? python->PyGC_Disable() : 0;
	uint32_t depth = walk(python, thread_state, text, entries);
	if (collecting)
		python->PyGC_Enable();
	python->PyErr_Restore(type, value, traceback);
	return depth;
}

bool cpython_stack_emit(struct span *span)
{
	const struct cpython *python = cpython_get();
	void *thread_state;
	if (!can_walk(python) || !cpython_thread_is_running(python, &thread_state))
		return false;
	char *frames = dlscope_thread.block->scratch;
	struct text text = { frames, frames + DL_FRAMES_MAX, false };
	struct entries entries;
	entries.count = 0;
	entries.ended = false;
	span->call.frames_depth = walk_undisturbed(python, thread_state, &text, &entries);
	span->call.entries = entries.of;
	span->call.entries_count = entries.count;
	span->call.frames = frames;
	span->call.frames_size = (uint32_t)(text.at - frames);
	span->call.frames_cut = text.cut;
	span->call.runtime = "cpython";
	span->call.interpreter = cpython_interpreter(python);
	if (span->call.frames_depth)
		span_emit(span, EVENT_interp_stack);
	return true;
}
