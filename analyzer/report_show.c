/* SPDX-License-Identifier: MIT */
/*
 * A line per fact, and what does not fit a table: the whole stack, the objects.
 */
#include "report_show.h"

#include <string.h>

#include "report_columns.h"
#include "report_stack.h"
#include "text.h"

enum { FIELD_WIDTH = 16 };

static void print_text(FILE *out, const char *name, const char *text)
{
	g_autofree char *clean = text && *text ? text_escape(text, true) : NULL;

	if (clean)
		fprintf(out, "  %-*s %s\n", FIELD_WIDTH, name, clean);
}

static void print_time(FILE *out, const char *name, uint64_t ns)
{
	g_autofree char *text = text_time(ns);

	if (ns)
		print_text(out, name, text);
}

static void print_number(FILE *out, const char *name, uint64_t number)
{
	fprintf(out, "  %-*s %" G_GUINT64_FORMAT "\n", FIELD_WIDTH, name, number);
}

static void print_place(FILE *out, const char *name, const struct place *place)
{
	g_autofree char *text = NULL;

	if (place && place->object)
		text = g_strdup_printf("%s%sin %s", place->function, *place->function ? " " : "",
				       place->object);
	else if (place && *place->file)
		text = *place->function ? g_strdup_printf("%s:%u (%s)", place->file, place->line,
							  place->function)
					: g_strdup_printf("%s:%u", place->file, place->line);
	if (!text)
		return;
	print_text(out, name, text);
}

static void print_object(FILE *out, const struct object *object)
{
	if (!object)
		return;
	print_text(out, "object", object->path);
	print_text(out, "build-id", object->build_id);
}

static void print_process(FILE *out, const struct process *process)
{
	g_autofree char *text = g_strdup_printf(
		"%u (%s)", process->pid, *process->exe ? text_basename(process->exe) : "unknown");

	print_text(out, "process", text);
}

/* --- stack and objects ---------------------------------------------------------------- */

static void print_frame(FILE *out, const struct stack_frame *frame)
{
	g_autofree char *where = stack_frame_where(frame);
	g_autofree char *clean = text_escape(where, true);
	g_autofree char *function = text_escape(frame->function ? frame->function : "?", true);

	fprintf(out, "    %-7s %s  %s%s\n", frame->kind, function, clean,
		frame->inlined ? "  (inlined)" : "");
}

static void print_stack(const struct report *report, const struct load *load)
{
	bool cut;
	g_autoptr(GArray) frames = report_stack(report, load, &cut);
	guint i;

	if (!frames->len)
		return;
	fputs("  stack, innermost first\n", report->out);
	for (i = 0; i < frames->len; i++)
		print_frame(report->out, &g_array_index(frames, struct stack_frame, i));
	if (cut)
		fputs("    ...\n", report->out);
}

static void print_added(FILE *out, const struct load *load)
{
	guint i;

	if (!load->objects_added->len)
		return;
	fputs("  objects brought in\n", out);
	for (i = 0; i < load->objects_added->len; i++) {
		const struct object *object = load->objects_added->pdata[i];
		g_autofree char *path = text_escape(object->path, true);

		fprintf(out, "    %s  %s\n", path, object->build_id);
	}
}

/* --- the two kinds ---------------------------------------------------------------------- */

static void show_costs(FILE *out, uint64_t cpu_ns, uint64_t minor, uint64_t major)
{
	print_time(out, "cpu", cpu_ns);
	print_number(out, "minor faults", minor);
	print_number(out, "major faults", major);
}

static void show_module(const struct report *report, const struct module *module)
{
	FILE *out = report->out;
	g_autofree char *name = text_escape(module->name, true);
	struct place place;

	fprintf(out, "module %u: %s, %s\n", module->id, name, module_outcome_name(module->outcome));
	print_process(out, module->process);
	print_object(out, module->object);
	print_place(out, "requested at", module->requested_at);
	print_text(out, "via", module->load ? load_via(module->load) : NULL);
	if (module->init && report_init_place(report, module->init, &place))
		print_place(out, "init function", &place);
	print_time(out, "total", module->total_ns);
	print_time(out, "self", module->self_ns);
	print_time(out, "open", module->open_ns);
	print_time(out, "resolve", module->resolve_ns);
	print_time(out, "init", module->init_ns);
	print_time(out, "create", module->create_ns);
	print_time(out, "exec", module->exec_ns);
	show_costs(out, module->cpu_ns, module->minor_faults, module->major_faults);
	if (module->failure)
		print_text(out, "failure", module->failure->message);
	if (!module->load)
		return;
	print_stack(report, module->load);
	print_added(out, module->load);
}

static void show_load(const struct report *report, const struct load *load)
{
	FILE *out = report->out;
	const struct span *span = &load->span;
	g_autofree char *name = text_escape(load->requested ? load->requested : "(main program)",
					    true);
	const char *outcome = load->outcome == LOAD_IN_FLIGHT
				      ? "in-flight"
				      : enum_name(enum_load_outcome, (uint64_t)load->outcome);

	fprintf(out, "load %u: %s, %s\n", load->id, name, outcome ? outcome : "failed");
	print_process(out, span->process);
	print_object(out, load->object);
	print_place(out, "requested at", span_requested_at(span));
	print_text(out, "via", load_via(load));
	print_time(out, "total", span->total_ns);
	print_time(out, "self", span->self_ns);
	show_costs(out, span->cpu_ns, span->minor_faults, span->major_faults);
	print_text(out, "error", load->error);
	print_stack(report, load);
	print_added(out, load);
}

/* --- which --------------------------------------------------------------------------------- */

static bool parse_id(const char *text, guint count, guint *index)
{
	guint64 id;

	if (!g_ascii_string_to_unsigned(text, 10, 1, MAX(count, 1), &id, NULL) || id > count)
		return false;
	*index = (guint)id - 1;
	return true;
}

static bool show_named(const struct report *report, const char *name)
{
	const GPtrArray *modules = report->model->modules;
	bool found = false;
	guint i;

	for (i = 0; i < modules->len; i++)
		if (!strcmp(((const struct module *)modules->pdata[i])->name, name)) {
			show_module(report, modules->pdata[i]);
			found = true;
		}
	return found;
}

struct error *report_show(const struct report *report, const char *what)
{
	const struct model *model = report->model;
	guint index;

	if (g_str_has_prefix(what, "load:") &&
	    parse_id(what + strlen("load:"), model->loads->len, &index))
		show_load(report, model->loads->pdata[index]);
	else if (parse_id(what, model->modules->len, &index))
		show_module(report, model->modules->pdata[index]);
	else if (!show_named(report, what))
		return error_create(
			"there is no module \"%s\": --show takes a module's name or id, "
			"or load:ID, as --format json has them",
			what);
	return NULL;
}
