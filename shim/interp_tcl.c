/* SPDX-License-Identifier: MIT */
/*
 * The Tcl stack, through the interpreter that an X_Init function is called with: what the
 * command `info frame` shows (TIP 280), of the frames that are in a file.
 *
 * TclGetSrcInfoForPc() finds the line of a frame of bytecode, and writes into that frame,
 * so it gets a copy, as each `proc` and `eval` gives it one.  It reads tables of the
 * interpreter, which is at rest in this thread.  The structures are internal ones, of
 * which those of 8.6.13, 8.6.16 and 8.6.18 have been looked at (tclInt.h, all alike), so only
 * what lies between these is read.
 */
#include <stddef.h>
#include <string.h>

#include "interp_stack.h"
#include "runtimes.h"

enum { MAJOR = 8, MINOR = 6, FIRST_PATCH = 13, LAST_PATCH = 18, FINAL_RELEASE = 2 };

static const struct tcl {
	const struct link_map *map;
	void (*find_line)(void *frame);
	const char *(*command_name)(void *interpreter, void *command);
} * met;

static bool is_known(const struct link_map *map)
{
	int major = 0, minor = 0, patch = 0, type = 0;
	void (*version)(int *, int *, int *, int *) = (void (*)(
		int *, int *, int *, int *))interp_symbol(map, "Tcl_GetVersion");
	if (version)
		version(&major, &minor, &patch, &type);
	return major == MAJOR && minor == MINOR && patch >= FIRST_PATCH && patch <= LAST_PATCH &&
	       type == FINAL_RELEASE;
}

void tcl_attach(struct process *process, const struct link_map *map)
{
	static struct tcl tcl;
	if (met || !is_known(map))
		return;
	tcl.map = map;
	tcl.find_line = (void (*)(void *))interp_symbol(map, "TclGetSrcInfoForPc");
	tcl.command_name = (const char *(*)(void *, void *))interp_symbol(map,
									  "Tcl_GetCommandName");
	if (tcl.find_line && tcl.command_name)
		__atomic_store_n(&met, &tcl, __ATOMIC_RELEASE);
}

/* Of struct Interp, CallFrame, Proc and Tcl_Obj. */
enum { INTERP_FRAME = 952, CALL_KIND = 8, CALL_PROC = 48, PROC_COMMAND = 16, OBJECT_TEXT = 8 };

/* struct CmdFrame */
struct frame {
	int type, level;
	const int *line; /* of each word of the command */
	int lines;
	const char *call;	  /* of a procedure or the main program */
	const struct frame *next; /* outwards; NULL at the end, or where a coroutine begins */
	char *path;		  /* a Tcl_Obj, of a frame in a file */
	const char *pc;
	void *object;
	const char *command;
	int length;
	const void *arguments;
};
_Static_assert(sizeof(struct frame) == 88, "tclInt.h, struct CmdFrame");

enum frame_type { BYTECODE = 2, FILE_SOURCE = 4 };

static const char *procedure(const struct tcl *tcl, void *interpreter, const struct frame *frame)
{
	enum { PROCEDURE = 1 }; /* a lambda's command or a method's may be gone */
	const char *proc = frame->call && *(const int *)(frame->call + CALL_KIND) == PROCEDURE
				   ? *(const char *const *)(frame->call + CALL_PROC)
				   : NULL;
	return proc ? tcl->command_name(interpreter, *(void *const *)(proc + PROC_COMMAND)) : "";
}

/* A copy that knows its file and line. */
static struct frame located(const struct tcl *tcl, const struct frame *frame)
{
	struct frame copy = *frame;
	if (copy.type != BYTECODE)
		return copy;
	copy.command = NULL;
	tcl->find_line(&copy);
	if (copy.type == FILE_SOURCE)
		--*(int *)copy.path; /* its count of references, which the function raised */
	return copy;
}

uint32_t tcl_walk(const struct span *span, const intptr_t *arguments, struct text *text,
		  uint32_t depth)
{
	const struct tcl *tcl = __atomic_load_n(&met, __ATOMIC_ACQUIRE);
	uint32_t written = 0;
	if (!tcl || span->caller.map != tcl->map || !arguments || !arguments[0])
		return 0;
	void *interpreter = (void *)arguments[0];
	const struct frame *frame = *(const struct frame *const *)((const char *)interpreter +
								   INTERP_FRAME);
	for (; frame && written < depth; frame = frame->next) {
		struct frame at = located(tcl, frame);
		const char *file = at.type == FILE_SOURCE && at.path
					   ? *(const char *const *)(at.path + OBJECT_TEXT)
					   : NULL;
		if (!file || !at.line)
			continue; /* a script that the program has made */
		if (!append_place(text, procedure(tcl, interpreter, frame), file, at.line[0]))
			break;
		written++;
	}
	return written;
}
