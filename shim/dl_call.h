/* SPDX-License-Identifier: MIT */
/*
 * struct dl_call: what a hook learned about one call, on its way to the trace.
 *
 * Hooks fill it in on their own stack and hand it to the sink (trace_sink.h),
 * which writes the fields that trace_events.def names.  Nothing in it is owned:
 * every pointer is borrowed and must stay valid until the sink returns.  Text
 * pointers are never NULL when an event that writes them is emitted.
 */
#ifndef DLSCOPE_DL_CALL_H
#define DLSCOPE_DL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest text an event carries, in bytes; longer text is cut and counted. */
enum {
	DL_TEXT_MAX = 4096,
	DL_ARGV_MAX = 6144,
	DL_STACK_MAX = 128,
	DL_BUILD_ID_MAX = 64,
	DL_FRAMES_MAX = 10240, /* text of an interpreter stack */
};

/* Values of the enumerations of trace_events.def. */
enum load_function { LOAD_DLOPEN = 0, LOAD_DLMOPEN = 1 };
enum load_outcome { LOAD_LOADED = 0, LOAD_ALREADY = 1, LOAD_FAILED = 2, LOAD_UNWOUND = 3 };
enum symbol_outcome { SYMBOL_FOUND = 0, SYMBOL_FAILED = 1 };
enum init_outcome { INIT_RETURNED = 0, INIT_UNWOUND = 1 };
enum init_kind {
	INIT_OTHER = 0,
	INIT_SINGLE_PHASE = 1,
	INIT_MULTI_PHASE = 2,
	INIT_UNINITIALIZED = 3, /* an object without a type */
	INIT_NOT_A_MODULE = 4,
};
enum slot_kind { SLOT_CREATE = 0, SLOT_EXEC = 1, SLOT_MEMBER = 2 };
enum close_outcome { CLOSE_CLOSED = 0, CLOSE_FAILED = 1, CLOSE_UNWOUND = 2 };

/* What could not be traced, told in the farewell event. */
struct dl_counters {
	uint64_t calls;		   /* hooked calls that were traced */
	uint64_t calls_reentrant;  /* made from within the tracer or a signal handler in it */
	uint64_t callers_unknown;  /* return address in no object: taken as the main program */
	uint64_t thunks_exhausted; /* init functions handed out unwrapped */
	uint64_t texts_cut;	   /* strings longer than DL_TEXT_MAX */
	uint64_t objects_dropped;  /* mapped objects the table had no room for */
	uint64_t depth_exceeded;   /* calls nested deeper than open_calls.h records */
	uint64_t
		layouts_unknown; /* objects of a CPython built in a way that cpython.h does not know */
};

struct dl_call {
	/* every event */
	uint64_t process;
	uint32_t pid, tid;
	uint32_t run; /* $DLSCOPE_RUN, 0 without */
	uint64_t call, parent;

	/* resolutions, and others */
	uint64_t caller, handle;
	const char *symbol, *version;
	uint64_t address, thunk;
	uint8_t outcome, kind;
	const char *error;
	uint64_t duration_ns, tracer_ns;

	/* DL_CALL_RESOLUTION ends here: process_begin, process_end, runtime */
	uint32_t schema_version, ppid, argv_size;
	uint8_t late, argv_cut;
	const char *tool_version, *argv, *libc_version, *library_path;
	const struct dl_counters *counters;
	const char *runtime, *runtime_version;

	/* object, unload */
	uint64_t link_map, base, map_start, map_end;
	uint64_t device, inode, size;
	int64_t mtime_ns;
	const char *path, *soname;
	const uint8_t *build_id;
	uint32_t build_id_size;

	/* loads, inits, closes */
	const uint64_t *stack;
	uint32_t stack_depth;
	uint8_t stack_cut;
	uint32_t mode;
	int64_t lmid;
	uint8_t function, requested_null;
	const char *requested;
	uint64_t symbol_call, init_call;
	const char *convention, *module_context;
	uint8_t slot, failed;
	uint32_t slot_index;
	uint32_t interpreter, exec_slots;
	uint8_t interpreters;

	/* interp_stack */
	const char *frames;
	uint32_t frames_size, frames_depth;
	uint8_t frames_cut;
	const uint8_t *entries;
	uint32_t entries_count;

	/* how it ended */
	uint64_t result;
	const char *exception, *exception_text; /* of an interpreter: its type, what it says */
	int32_t error_number;
	const char *directory;
	uint64_t memory_limit;
	uint32_t uid;

	/* crash */
	int32_t signal, signal_code;
	uint64_t cpu_ns, minor_faults, major_faults;
	uint64_t tracer_total_ns;
};

/* So much of it is what a resolution has, and every event. */
#define DL_CALL_RESOLUTION offsetof(struct dl_call, schema_version)

#endif
