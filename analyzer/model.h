/* SPDX-License-Identifier: MIT */
/*
 * What the events add up to.
 *
 * struct model owns everything in it, text included; reports only read.  It grows
 * with processes, loads, inits and objects, not with events: resolutions are
 * added up per symbol.
 *
 * Times.  A span is one load, init, slot or close, paired by call id.  Its total_ns is
 * the program's own time: what the real function took less what nested hooked
 * calls spent in the tracer.  self_ns is total_ns less the total_ns of the spans
 * and resolutions directly inside.  A span that has not ended counts until the
 * end of its process.
 */
#ifndef DLSCOPE_MODEL_H
#define DLSCOPE_MODEL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "convention.h"
#include "event_types.h"

enum span_kind { SPAN_LOAD, SPAN_INIT, SPAN_SLOT, SPAN_CLOSE };

/* A line of source, or a function of native code whose source is not known. */
struct place {
	const char *function, *file; /* "" when not known */
	uint32_t line;		     /* 0 when not known */
	const char *object;	     /* that has the function, if no source is known; or NULL */
};

/* As the interpreter has it: with the import machinery. */
struct interp_frame {
	struct place place;
	bool machinery; /* not in places */
	bool entry;	/* entered from native code */
};

struct interp_stack {
	const char *language;		  /* `kind` of its frames in reports */
	const struct place *requested_at; /* the code that asked; NULL: none known */
	bool cut;			  /* outer frames are missing */
	uint32_t interpreter;		  /* as of struct span */
	bool entries_known;		  /* of `frames`, as far as they are there */
	uint32_t frame_count;
	struct interp_frame *frames; /* innermost first, behind places */
	uint32_t depth;
	struct place places[]; /* innermost first, without the import machinery */
};

struct span {
	enum span_kind kind;
	bool open;
	bool open_inside; /* a span in it is open, too */
	struct process *process;
	struct span *parent; /* the span directly around it, or NULL */
	uint64_t call;
	uint32_t tid;
	uint32_t interpreter; /* its number plus 1; 0: not known, or of a runtime with one */
	int64_t begin_ns;
	uint64_t total_ns, self_ns;
	uint64_t children_ns;
	uint64_t cpu_ns, minor_faults, major_faults;
	struct interp_stack *interp; /* NULL: none; loads and inits only */
};

struct object {
	uint32_t id; /* from 1, over all processes; so are all ids here */
	struct process *process;
	const char *path; /* "" for the vdso and the like */
	const char *soname;
	const char *build_id; /* hex digits */
	uint64_t link_map, base, map_start, map_end;
	uint64_t size, inode;
	int64_t mtime_ns;
	int64_t begin_ns, unloaded_ns; /* unloaded_ns 0: still there at the end */
	struct load *loaded_by;	       /* NULL: there before the first load */
	uint64_t runtimes;	       /* runtime_bit of those that it is */
};

struct frame {
	uint64_t address;      /* a return address */
	struct object *object; /* NULL: in nothing we know */
};

/* enum load_outcome, and: */
enum { LOAD_IN_FLIGHT = 100 };

struct load {
	struct span span;
	uint32_t id;
	uint8_t function;
	const char *requested; /* NULL for dlopen(NULL) */
	uint32_t mode;
	int64_t lmid;
	int outcome;
	uint64_t handle;
	const char *error;
	const char *directory; /* the working directory, of one that failed; "" not known */
	uint64_t memory_limit; /* likewise RLIMIT_AS; 0 not known, UINT64_MAX none */
	uint32_t uid;	       /* likewise effective user */
	struct object *object; /* what the handle stands for */
	struct frame caller;
	struct frame *stack;
	uint32_t stack_depth;
	bool stack_cut;		  /* outer frames are missing */
	GPtrArray *objects_added; /* struct object */
	struct module *module;	  /* the import that this load was made for */
	struct failure *failure;
	uint64_t probe_ns;		 /* init symbols looked up here in vain */
	struct resolution *missing_init; /* an optional one only when no other was */
	struct resolution *bare_entry;	 /* an entry that is not wrapped */
	struct resolution *first_symbol; /* found in it first, by who loaded it: no runtime */
	/* CPython 3.15 opens a module's file for its export hook and, where it has none,
	 * once more for its init function. */
	struct load *first_try;
	bool tried_again;
};

/* A lookup of an init symbol. */
struct resolution {
	uint64_t call;
	uint32_t tid;
	int64_t begin_ns;
	uint64_t duration_ns;
	const char *symbol;
	const struct convention *convention;
	struct load *load;		 /* the one whose handle was searched, or NULL */
	struct failure *failure;	 /* when it failed */
	struct resolution *also_missing; /* the next required one that its load has not */
	bool claimed;			 /* its time is in a module already */
	struct interp_stack *interp;	 /* NULL: none; that of its load then */
};

struct init {
	struct span span;
	const char *symbol, *module_context;
	const struct convention *convention; /* NULL: of a rule we do not know */
	const char *convention_id;
	struct resolution *resolution; /* NULL: made before the trace began, or none */
	struct load *load;	       /* of a module that registered itself; else NULL */
	uint64_t address;
	struct object *object;
	uint8_t outcome, kind;
	uint64_t result;
	bool failed;				/* said the runtime */
	uint32_t exec_slots;			/* of the definition it returned */
	uint8_t interpreters;			/* Py_mod_multiple_interpreters + 1, 0 none */
	const char *exception, *exception_text; /* left set; "" none, NULL not in the trace */
	struct module *module;
};

/* One call of a function that a module's definition names (PEP 489). */
struct slot {
	struct span span;
	struct init *init; /* that returned the definition; NULL: not in the trace */
	enum slot_kind kind;
	uint32_t index;
	const char *module_name; /* as the interpreter has it */
	uint8_t outcome, failed;
	uint64_t result;
	const char *exception, *exception_text; /* as of struct init */
};

enum module_outcome { MODULE_OK, MODULE_FAILED, MODULE_IN_FLIGHT, MODULE_UNWOUND };

struct module {
	uint32_t id;
	struct process *process;
	struct init *init; /* NULL: the init symbol was missing */
	struct load *load; /* NULL: not seen, or another module's */
	const char *name, *runtime, *kind, *symbol;
	const char *interpreter; /* "main" or a number; NULL: not known */
	uint32_t slots_run, init_calls;
	struct object *object;
	enum module_outcome outcome;
	int64_t begin_ns;
	uint64_t open_ns, resolve_ns, init_ns, create_ns, exec_ns, total_ns, self_ns;
	uint64_t cpu_ns, minor_faults, major_faults;
	struct module *parent;
	const struct place *requested_at; /* or NULL */
	struct failure *failure;
};

struct symbol {
	struct process *process;
	const char *name, *version;
	struct object *object; /* where it was found; where it was not: searched */
	uint64_t count, failed, duration_ns;
	uint64_t last_call;		  /* that looked it up */
	struct place asked_at;		  /* what requested_at points to */
	const struct place *requested_at; /* the interpreter's code that asked first, or NULL */
	struct failure *failure;
};

enum severity { SEVERITY_PROBE, SEVERITY_FAILURE, SEVERITY_FATAL };

struct failure {
	uint32_t id;
	struct process *process;
	int64_t time_ns, last_ns; /* of the first, and of the last of its retries */
	const char *kind;	  /* as in findings.def */
	enum severity severity;
	const char *message;
	uint64_t count;	      /* how often: retries are one */
	const char *headline; /* one sentence: what an expert would say first */
	const char *words;    /* of a headline, as in failure_headlines.def; NULL: its kind's */
	const char *reason;   /* why it is of that severity; or NULL */
	GPtrArray *evidence;  /* const char *: what the headline rests on */
	GPtrArray *searched;  /* const char *: "place: why not", in the loader's order */
	struct module *module;
	struct load *load;
	const struct symbol *symbol; /* of a failed lookup */
	struct object *object;
	const char *file;			/* that the loader complains about, or NULL */
	const char *missing, *needed_by, *hint; /* or NULL; hint: only when it is sure */
	const struct frame *requester;		/* or NULL */
	struct frame caller;			/* what requester points to, for lookups */
	const struct place *requested_at;	/* or NULL */
	const struct span *span;		/* in which it happened, or NULL */
	const struct crash *crash;		/* or NULL */
	const char *purpose;			/* what it was for, or NULL: model_failures.c */
	struct failure *next_pending;		/* likewise */
	bool looked;				/* diagnose.c was there */
	struct failure *merged_into;		/* model_failure_merge.c */
};

/* The signal that ended a process, where the shim saw it. */
struct crash {
	uint32_t tid, depth;
	int signal;
	uint64_t call;	      /* innermost open call of the thread, 0 for none */
	uint64_t address, pc; /* pc 0: a call through NULL */
	struct frame caller;  /* where that came from */
	struct frame *stack;
};

enum process_outcome {
	PROCESS_UNKNOWN,
	PROCESS_EXITED,
	PROCESS_KILLED,
	PROCESS_EXEC,
	PROCESS_RUNNING
};

struct process {
	uint32_t id;
	const char *host, *exe;
	const char *library_path; /* LD_LIBRARY_PATH at its start */
	uint32_t pid, ppid;
	uint64_t image;			       /* the event field `process` */
	GPtrArray *argv;		       /* const char * */
	const char *runtime, *runtime_version; /* NULL: none recognised */
	uint64_t runtimes;		       /* runtime_bit of all of them */
	struct object *runtime_object;
	int64_t begin_ns, end_ns;
	enum process_outcome outcome;
	int signal;	 /* of PROCESS_KILLED */
	int exit_status; /* -1: not known */
	bool has_begin, has_end, replaced;
	bool look_decided;
	const char *not_looked;		   /* why nobody looked at its files; NULL: somebody did */
	bool sub_interpreters;		   /* a module was imported by one */
	bool gone;			   /* it ended, and nobody saw how and when */
	int64_t gone_by_ns;		   /* not later than that */
	struct event_process_end farewell; /* the counters, when has_end */
	uint64_t native_load_ns, tracer_ns;

	/* indexes of the model */
	struct crash *crash;	  /* NULL: none, or nobody saw it */
	GPtrArray *spans;	  /* struct span, in order of begin */
	GHashTable *by_call;	  /* call -> struct span */
	GHashTable *resolutions;  /* call -> struct resolution that was handed out */
	GHashTable *by_link_map;  /* -> struct object that is mapped now */
	GTree *by_address;	  /* map_start -> the same */
	GHashTable *by_handle;	  /* (handle, tid) and (handle, 0) -> struct load */
	GHashTable *pending;	  /* model_failures.c */
	GHashTable *symbols;	  /* model_symbols.c */
	GHashTable *last_lookups; /* tid -> struct symbol */
};

struct model {
	GPtrArray *processes, *modules, *loads, *symbols, *objects, *failures;
	GPtrArray *hosts; /* const char *, in order of appearance */
	int64_t begin_ns, end_ns;
	uint64_t events, lost_events;
	uint64_t unpaired;	/* ends whose begin is not in the trace */
	uint64_t hang_after_ns; /* in flight for that long at the end: a hang; set before finish */
	bool complete;		/* nothing lost, and the recording ended as it should */

	GPtrArray *places; /* struct place that reports have added */

	/* internal */
	unsigned int package_questions; /* diagnose_package.c */
	GPtrArray *inits, *slots;
	GHashTable *by_identity; /* struct process by host, pid, image */
	GHashTable *by_pid;	 /* the latest struct process by host, pid */
	GStringChunk *strings;
};

struct recording_info;

struct model *model_create(void);
void model_free(struct model *model);

void model_add_event(struct model *model, const struct event *event);
void model_add_lost(struct model *model, uint64_t count);

/* What `dlscope record` knows about how the processes ended; before finish. */
void model_add_recording(struct model *model, const struct recording_info *recording);

/* After the last event: what is still open, the modules, the failures. */
void model_finish(struct model *model);

/* The load that began with this event, NULL for none. */
struct load *model_load_of(const struct model *model, const struct event *event);

/* Where the interpreter was when the span began, NULL if that is not known
 * (model_frames.c). */
const struct place *span_requested_at(const struct span *span);

/* The front through which the program loaded, process.dlopen, System.load, ctypes.CDLL ...;
 * NULL for none (model_via.c). */
const char *load_via(const struct load *load);

/* Whether a runtime looks for this file of its own only in case that it is there. */
bool load_is_optional(const struct load *load);

/* The module that a load, init or slot belongs to, or NULL (model_modules.c). */
struct module *span_module(const struct span *span);

/* What a slot's span is of, NULL when its init is not in the trace. */
struct module *slot_module(const struct slot *slot);

/* The object mapped at `address` of the process now (model_objects.c). */
struct object *process_object_at(const struct process *process, uint64_t address);

#endif
