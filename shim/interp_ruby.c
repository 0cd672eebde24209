/* SPDX-License-Identifier: MIT */
/*
 * The Ruby stack: rb_profile_frames(), made for profilers, which may call it wherever the
 * thread has the lock of the interpreter (ruby 3.1 vm_backtrace.c).  Names and paths are
 * strings that the code has anyway; nothing is allocated.
 */
#include <stddef.h>

#include "interp_stack.h"
#include "runtimes.h"
#include "thread.h"

typedef uintptr_t value;

static const struct ruby {
	const struct link_map *map;
	int (*native_thread_p)(void), (*has_lock)(void);
	int (*frames)(int start, int limit, value *frames, int *lines);
	value (*path)(value frame), (*label)(value frame);
	char *(*text)(volatile value *string);
	value (*length)(value string);		       /* in characters */
	long (*offset)(value string, long characters); /* of one, in bytes */
} * met;

void ruby_attach(struct process *process, const struct link_map *map)
{
	static struct ruby ruby;
	if (met)
		return;
	ruby.map = map;
	ruby.native_thread_p = (int (*)(void))interp_symbol(map, "ruby_native_thread_p");
	ruby.has_lock = (int (*)(void))interp_symbol(map, "ruby_thread_has_gvl_p");
	ruby.frames = (int (*)(int, int, value *, int *))interp_symbol(map, "rb_profile_frames");
	ruby.path = (value(*)(value))interp_symbol(map, "rb_profile_frame_path");
	ruby.label = (value(*)(value))interp_symbol(map, "rb_profile_frame_base_label");
	ruby.text = (char *(*)(volatile value *))interp_symbol(map, "rb_string_value_ptr");
	ruby.length = (value(*)(value))interp_symbol(map, "rb_str_length");
	ruby.offset = (long (*)(value, long))interp_symbol(map, "rb_str_offset");
	if (ruby.native_thread_p && ruby.has_lock && ruby.frames && ruby.path && ruby.label &&
	    ruby.text && ruby.length && ruby.offset)
		__atomic_store_n(&met, &ruby, __ATOMIC_RELEASE);
}

/* An object, not nil, false, a number ... (include/ruby/internal/special_consts.h: all of
 * them are below 8 or have one of the three lowest bits; nil is 8, from 3.2 on 4) */
static bool is_object(value v)
{
	return v > 8 && !(v & 7);
}

static void append_string(const struct ruby *ruby, struct text *text, value string)
{
	volatile value copy = string;
	if (!is_object(string)) {
		append(text, "");
		return;
	}
	const char *bytes = ruby->text(&copy);
	long size = ruby->offset(string, (long)(ruby->length(string) >> 1));
	append_bytes(text, bytes, strnlen(bytes, (size_t)size)); /* a name may hold a NUL */
}

/* Frames of C functions have no path; that of a library being required, and the one
 * below a script's, no line. */
static bool append_frame(const struct ruby *ruby, struct text *text, value frame, int line)
{
	char *start = text->at;
	append_string(ruby, text, ruby->label(frame));
	append_string(ruby, text, ruby->path(frame));
	append_number(text, line);
	if (text->cut)
		text->at = start;
	return !text->cut;
}

enum { FRAMES = 256 };

uint32_t ruby_walk(const struct span *span, const intptr_t *arguments, struct text *text,
		   uint32_t depth)
{
	const struct ruby *ruby = __atomic_load_n(&met, __ATOMIC_ACQUIRE);
	uint32_t written = 0;
	if (!ruby || span->caller.map != ruby->map || !ruby->native_thread_p() || !ruby->has_lock())
		return 0;
	/* behind the text */
	value *frames = (value *)(dlscope_thread.block->scratch + DL_FRAMES_MAX);
	int *lines = (int *)(frames + FRAMES);
	_Static_assert(FRAMES * (sizeof *frames + sizeof *lines) <=
			       sizeof dlscope_thread.block->scratch - DL_FRAMES_MAX,
		       "scratch");
	int count = ruby->frames(0, FRAMES, frames, lines);
	for (int i = 0; i < count && written < depth; i++) {
		if (lines[i] <= 0 || !is_object(ruby->path(frames[i])))
			continue;
		if (!append_frame(ruby, text, frames[i], lines[i]))
			break;
		written++;
	}
	return written;
}
