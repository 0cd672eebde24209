/* SPDX-License-Identifier: MIT */
/*
 * Between the parts of the model: model.c takes the events and asks one
 * model_<subject>.c per subject.
 */
#ifndef DLSCOPE_MODEL_INTERNAL_H
#define DLSCOPE_MODEL_INTERNAL_H

#include "model.h"

/* The model's copy of `text`; equal texts have one address. */
const char *model_intern(struct model *model, const char *text);
const char *model_intern_or_null(struct model *model, const char *text);

/* A symbol as its language writes it (demangle.h). */
const char *model_readable(struct model *model, const char *symbol);

/* model_processes.c */
struct process *model_process(struct model *model, const struct event *event, uint32_t pid,
			      uint64_t image);
struct process *model_find_process(const struct model *model, const char *host, uint32_t pid,
				   uint64_t image);
void process_free(void *process);
void process_begins(struct model *model, struct process *process, const struct event *event);
void process_ends(struct process *process, const struct event *event);
void process_runtime(struct model *model, struct process *process,
		     const struct event_runtime *event);
void processes_finish(struct model *model);

/* model_objects.c */
void object_free(void *object);
void object_appears(struct model *model, struct process *process, const struct event *event);
void object_goes(struct process *process, const struct event *event);
struct object *process_object_of_handle(const struct process *process, uint64_t handle);
struct frame process_frame(const struct process *process, uint64_t return_address);
void frames_finish(struct model *model);

/* model_spans.c; process_open_span: of that kind, and not ended yet */
void span_begins(struct span *span, enum span_kind kind, struct process *process, uint64_t call,
		 uint64_t parent, uint32_t tid, int64_t time_ns);
void span_ends(struct span *span, uint64_t duration_ns, uint64_t tracer_ns);
struct span *process_span(const struct process *process, uint64_t call);
struct span *process_open_span(const struct process *process, uint64_t call, enum span_kind kind);
void spans_finish(struct model *model);

/* model_loads.c: also inits and closes */
void load_free(void *load);
void init_free(void *init);
void load_begins(struct model *model, struct process *process, const struct event *event);
void load_ends(struct model *model, struct process *process, const struct event_load_end *event,
	       int64_t time_ns);
void init_begins(struct model *model, struct process *process, const struct event *event);
void init_ends(struct model *model, struct process *process, const struct event_init_end *event);
void close_begins(struct process *process, const struct event *event);
void close_ends(struct process *process, const struct event_close_end *event);
struct load *process_load_of_handle(const struct process *process, uint64_t handle, uint32_t tid);

/* model_slots.c */
void slot_free(void *slot);
void slot_begins(struct model *model, struct process *process, const struct event *event);
void slot_ends(struct model *model, struct process *process, const struct event_slot_end *event);

uint32_t init_interpreter(const struct init *init);

/* model_frames.c */
void interp_stack_seen(struct model *model, struct process *process,
		       const struct event_interp_stack *event);

/* model_symbols.c */
GHashTable *symbols_table(void);
void resolution_free(void *data);
void symbol_resolved(struct model *model, struct process *process, const struct event *event);

/* model_modules.c */
enum module_outcome init_outcome(const struct init *init);
enum module_outcome slot_outcome(const struct slot *slot);
void modules_finish(struct model *model);

/* model_failures.c */
void failure_of_load(struct model *model, struct load *load, int64_t time_ns);
void failure_load_succeeded(struct model *model, struct load *load);
void failure_of_lookup(struct model *model, struct symbol *symbol, const struct event *event,
		       bool init_symbol);
void failure_lookup_succeeded(struct model *model, const struct symbol *symbol,
			      const struct event *event);
struct failure *failure_create(struct model *model, struct process *process, const char *kind,
			       const char *message, int64_t time_ns);
void failure_free(void *failure);
void failures_finish(struct model *model);

/* model_failure_text.c: what a failure says.  failure_says() gives the headline, one
 * sentence without a full stop; what has none in the end gets its kind's
 * (failure_headlines.def).  failure_shows() adds a line of evidence,
 * failure_judged() the severity and why. */
void failure_says(struct model *model, struct failure *failure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void failure_shows(struct model *model, struct failure *failure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void failure_judged(struct model *model, struct failure *failure, enum severity severity,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));
void failure_headline_finish(struct model *model, struct failure *failure);

/* model_severity.c: what the process did afterwards */
void severities_finish(struct model *model);

/* Did the process exit with another status than 0 so soon after it that it may be why? */
bool failure_precedes_exit(const struct failure *failure);

/* model_null_calls.c */
void failures_of_null_calls(struct model *model);

/* model_bulk_lookups.c; to be followed by failures_merge_retries, which drops what was
 * merged */
void failures_merge_bulk(struct model *model);

/* model_failure_merge.c: chains and retries become one.  failure_merge: `into` speaks for
 * `from`, too */
void failure_merge(struct failure *into, struct failure *from);
void failures_merge_retries(struct model *model);
void failures_merge_chains(struct model *model);

/* model_init_failures.c */
void failure_take_module(struct failure *failure, struct module *module);
char *describe_init(const struct init *init);
char *describe_slot(const struct slot *slot);
void failures_of_inits(struct model *model);

/* model_crash.c; crash_finish() before what was open is looked at */
void crash_free(struct crash *crash);
void crash_seen(struct process *process, const struct event *event);
void crash_finish(struct process *process);
bool crash_called_null(const struct crash *crash);

/* model_open_calls.c */
void failures_of_open(struct model *model, struct process *process);

#endif
