/* SPDX-License-Identifier: MIT */
/*
 * On the native stack each activation of an interpreter's evaluation loop stands for
 * one or more frames of the interpreter.  They take its place, from the innermost
 * outwards; both lists have the same order and neither has gaps inside, so that counting
 * is enough.  Where no evaluation loop has a name, all of them stand outside of the
 * interpreter's native frames, if those are in one place.  What remains, because the
 * native stack was cut or is not understood, follows at the end.
 *
 * Outside of the innermost evaluation loop the interpreter's own native frames only
 * carry calls from one of its frames to the next; they are left out unless --full
 * asks for them.
 */
#include "report_stack.h"

#include <string.h>

#include "text.h"

enum loop_kind { NO_LOOP, SINGLE, NESTED };

static const struct {
	const char *language, *function;
	enum loop_kind kind;
} loops[] = {
#define LOOP(language, function, kind) { language, function, kind },
#include "evaluation_loops.def"
#undef LOOP
};

static const char *const loading_objects[] = {
#define LOADS_FOR_OTHERS(name) name,
#include "loading_objects.def"
#undef LOADS_FOR_OTHERS
};

struct merge {
	const struct report *report;
	const struct load *load;
	const struct interp_stack *interp; /* NULL: none */
	uint32_t next;			   /* frame of it */
	bool in_interpreter;		   /* a loop has been met */
	GArray *frames;			   /* result */
};

/* --- what a frame is -------------------------------------------------------------------- */

static enum loop_kind loop_of_function(const char *language, const char *function)
{
	size_t i;

	for (i = 0; function && i < G_N_ELEMENTS(loops); i++) {
		size_t length = strlen(loops[i].function);

		if (!strcmp(loops[i].language, language) &&
		    !strncmp(loops[i].function, function, length) &&
		    (!function[length] || function[length] == '.'))
			return loops[i].kind;
	}
	return NO_LOOP;
}

/* Other functions may be inlined into the loop, and it into none. */
static enum loop_kind loop_of(const struct merge *merge, const struct code_places *places)
{
	if (!merge->interp || !places->count)
		return NO_LOOP;
	return loop_of_function(merge->interp->language, places->at[places->count - 1].function);
}

static bool is_runtime(const struct load *load, const struct frame *frame)
{
	return frame->object && frame->object == load->span.process->runtime_object;
}

static bool loads_for_others(const struct merge *merge, const struct frame *frame)
{
	const char *name = frame->object ? text_basename(frame->object->path) : "";
	size_t i;

	if (merge->interp && is_runtime(merge->load, frame))
		return true;
	for (i = 0; i < G_N_ELEMENTS(loading_objects); i++)
		if (g_str_has_prefix(name, loading_objects[i]))
			return true;
	return false;
}

/* --- taking frames ------------------------------------------------------------------------ */

static void add_native(struct merge *merge, const struct frame *frame,
		       const struct code_places *places)
{
	struct stack_frame one = { .kind = "native", .native = frame };
	uint32_t i;

	one.loads_for_others = loads_for_others(merge, frame);
	if (!places->count)
		g_array_append_val(merge->frames, one);
	for (i = 0; i < places->count; i++) {
		one.function = places->at[i].function;
		one.file = places->at[i].file;
		one.line = places->at[i].line;
		one.inlined = places->at[i].inlined;
		g_array_append_val(merge->frames, one);
	}
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static void add_interp(struct merge *merge, const struct interp_frame *frame)
{
	const struct place *place = &frame->place;
	const struct stack_frame one = {
		.kind = merge->interp->language,
		.function = text_or_null(place->function),
		.file = text_or_null(place->file),
		.line = place->line,
		.loads_for_others = frame->machinery,
	};

	if (!frame->machinery || merge->report->options->full)
		g_array_append_val(merge->frames, one);
}

static bool interp_left(const struct merge *merge)
{
	return merge->interp && merge->next < merge->interp->frame_count;
}

/* The interpreter's frames of one activation. */
static void add_activation(struct merge *merge, enum loop_kind kind)
{
	bool entry = false;

	while (!entry && interp_left(merge)) {
		const struct interp_frame *frame = &merge->interp->frames[merge->next++];

		add_interp(merge, frame);
		entry = kind == SINGLE || (frame->entry && merge->interp->entries_known);
	}
}

static void add_rest(struct merge *merge)
{
	while (interp_left(merge))
		add_interp(merge, &merge->interp->frames[merge->next++]);
}

static void merge_frame(struct merge *merge, const struct frame *frame)
{
	const struct code_places *places = frame_places(merge->report, frame);
	enum loop_kind kind = loop_of(merge, places);
	bool full = merge->report->options->full;

	if (kind != NO_LOOP && interp_left(merge)) {
		merge->in_interpreter = true;
		add_activation(merge, kind);
		if (full)
			add_native(merge, frame, places);
	} else if (full || !merge->in_interpreter || !is_runtime(merge->load, frame)) {
		add_native(merge, frame, places);
	}
}

static bool has_loop(const struct merge *merge)
{
	uint32_t i;

	for (i = 0; i < merge->load->stack_depth; i++)
		if (loop_of(merge, frame_places(merge->report, &merge->load->stack[i])) != NO_LOOP)
			return true;
	return false;
}

/* How many native frames end with the interpreter's innermost ones, where it has no
 * others but the program's first (_start); 0 where that is not so. */
static uint32_t end_of_runtime(const struct merge *merge)
{
	const struct load *load = merge->load;
	uint32_t i, end = 0, runs = 0;

	for (i = 0; i < load->stack_depth; i++) {
		if (!is_runtime(load, &load->stack[i]) || (runs && i + 1 == load->stack_depth))
			continue;
		runs += !runs || i != end;
		end = i + 1;
	}
	return runs == 1 ? end : 0;
}

static void merge_stacks(struct merge *merge)
{
	uint32_t i, end = merge->interp && !has_loop(merge) ? end_of_runtime(merge) : 0;

	for (i = 0; i < merge->load->stack_depth; i++) {
		if (end && i == end) {
			merge->in_interpreter = true;
			add_rest(merge);
		}
		merge_frame(merge, &merge->load->stack[i]);
	}
	add_rest(merge);
}

static void native_only(struct merge *merge)
{
	uint32_t i;

	for (i = 0; i < merge->load->stack_depth; i++)
		add_native(merge, &merge->load->stack[i],
			   frame_places(merge->report, &merge->load->stack[i]));
}

GArray *report_stack(const struct report *report, const struct load *load, bool *cut)
{
	const struct interp_stack *interp = load->span.interp;
	struct merge merge = { .report = report, .load = load, .interp = interp };

	merge.frames = g_array_new(FALSE, FALSE, sizeof(struct stack_frame));
	*cut = interp ? interp->cut : load->stack_cut;
	if (report->options->native_only) {
		*cut = load->stack_cut;
		native_only(&merge);
	} else if (report->options->interp_only) {
		*cut = interp && interp->cut;
		add_rest(&merge);
	} else {
		merge_stacks(&merge);
	}
	return merge.frames;
}

GArray *report_interp_stack(const struct report *report, const struct interp_stack *interp,
			    bool *cut)
{
	struct merge merge = { .report = report, .interp = interp };

	merge.frames = g_array_new(FALSE, FALSE, sizeof(struct stack_frame));
	*cut = interp && interp->cut;
	add_rest(&merge);
	return merge.frames;
}

char *stack_frame_where(const struct stack_frame *frame)
{
	const struct object *object = frame->native ? frame->native->object : NULL;

	if (frame->file && !frame->line)
		return g_strdup(frame->file);
	if (frame->file)
		return g_strdup_printf("%s:%u", frame->file, frame->line);
	if (object)
		return g_strdup_printf("%s+0x%" G_GINT64_MODIFIER "x", object->path,
				       frame->native->address - object->base);
	return g_strdup_printf("0x%" G_GINT64_MODIFIER "x",
			       frame->native ? frame->native->address : 0);
}

/* --- who asked ------------------------------------------------------------------------------ */

/* Native frames within the innermost frame of the interpreter, if it has any. */
static bool native_requester(struct merge *merge, struct stack_frame *requester)
{
	uint32_t i;

	for (i = 0; i < merge->load->stack_depth; i++) {
		const struct frame *frame = &merge->load->stack[i];
		const struct code_places *places;

		if (merge->interp && is_runtime(merge->load, frame)) {
			if (loop_of(merge, frame_places(merge->report, frame)) != NO_LOOP)
				return false;
			continue;
		}
		if (loads_for_others(merge, frame))
			continue;
		places = frame_places(merge->report, frame);
		g_array_set_size(merge->frames, 0);
		add_native(merge, frame, places);
		*requester = g_array_index(merge->frames, struct stack_frame, 0);
		return true;
	}
	return false;
}

struct stack_frame report_requester(const struct report *report, const struct load *load)
{
	g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(struct stack_frame));
	struct merge merge = {
		.report = report, .load = load, .interp = load->span.interp, .frames = frames
	};
	const struct place *place = span_requested_at(&load->span);
	struct stack_frame requester = { 0 };

	if (native_requester(&merge, &requester))
		return requester;
	if (place)
		return (struct stack_frame){ .kind = load->span.interp->language,
					     .function = text_or_null(place->function),
					     .file = text_or_null(place->file),
					     .line = place->line };
	if (load->caller.address) {
		g_array_set_size(frames, 0);
		add_native(&merge, &load->caller, frame_places(report, &load->caller));
		requester = g_array_index(frames, struct stack_frame, 0);
	}
	return requester;
}

bool report_init_place(const struct report *report, const struct init *init, struct place *place)
{
	const struct frame entry = { init->address + 1, init->object };
	const struct code_place at = frame_place(report, &entry);

	if (!at.file)
		return false;
	*place = (struct place){ .function = init->symbol, .file = at.file, .line = at.line };
	return true;
}

/* The line of native source that asked; NULL: not known. */
static struct place *native_line(struct model *model, const struct stack_frame *frame)
{
	struct place *place;

	if (!frame->native || !frame->file)
		return NULL;
	place = g_new(struct place, 1);
	*place = (struct place){ .function = frame->function ? frame->function : "",
				 .file = frame->file,
				 .line = frame->line };
	g_ptr_array_add(model->places, place);
	return place;
}

/* The native function that asked.  Not a runtime's own: the runtime stands in the
 * report already. */
static struct place *native_function(struct model *model, const struct load *load,
				     const struct stack_frame *frame)
{
	struct place *place;

	if (!frame->native || !frame->native->object || is_runtime(load, frame->native))
		return NULL;
	place = g_new(struct place, 1);
	*place = (struct place){ .function = frame->function ? frame->function : "",
				 .file = "",
				 .object = frame->native->object->path };
	g_ptr_array_add(model->places, place);
	return place;
}

static void add_module_place(const struct report *report, struct model *model,
			     struct module *module)
{
	struct stack_frame frame;

	if (module->requested_at || !module->load || module->load->span.interp)
		return;
	frame = report_requester(report, module->load);
	module->requested_at = native_line(model, &frame);
	if (!module->requested_at)
		module->requested_at = native_function(model, module->load, &frame);
}

static void add_failure_place(const struct report *report, struct model *model,
			      struct failure *failure)
{
	struct stack_frame frame;

	if (failure->requested_at || !failure->requester || !failure->load ||
	    failure->load->span.interp)
		return;
	frame = report_requester(report, failure->load);
	failure->requested_at = native_line(model, &frame);
}

void report_add_places(const struct report *report, struct model *model)
{
	guint i;

	for (i = 0; i < model->modules->len; i++)
		add_module_place(report, model, model->modules->pdata[i]);
	for (i = 0; i < model->failures->len; i++)
		add_failure_place(report, model, model->failures->pdata[i]);
}

struct error *report_stack_check(const struct options *options)
{
	if (options->native_only + options->interp_only + options->full > 1)
		return error_create("--native-only, --interp-only and --full exclude each other: "
				    "give one of them");
	return NULL;
}
