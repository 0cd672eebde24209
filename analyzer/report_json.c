/* SPDX-License-Identifier: MIT */
/*
 * The report as JSON (report.schema.json describes it).
 *
 * Options that choose rows act on "modules" alone: the other tables are always
 * whole, so that numbers refer to something.
 */
#include "report_json.h"

#include <dlfcn.h>
#include <string.h>

#include "blind_spots.h"
#include "report_columns.h"
#include "report_stack.h"

enum { REPORT_SCHEMA_VERSION = 1 };

static const char *process_outcome_name(enum process_outcome outcome)
{
	static const char *const names[] = {
		[PROCESS_UNKNOWN] = "unknown", [PROCESS_EXITED] = "exited",
		[PROCESS_KILLED] = "killed",   [PROCESS_EXEC] = "exec",
		[PROCESS_RUNNING] = "running",
	};

	return names[outcome];
}

static const char *load_outcome_name(int outcome)
{
	const char *name;

	if (outcome == LOAD_IN_FLIGHT)
		return "in-flight";
	name = enum_name(enum_load_outcome, (uint64_t)outcome);
	return name ? name : "failed";
}

static const char *severity_name(enum severity severity)
{
	static const char *const names[] = { "probe", "failure", "fatal" };

	return names[severity];
}

static void set_object(json_t *json, const struct object *object)
{
	json_set_text(json, "object", object ? json_or_null(object->path) : NULL);
	json_set_id(json, "object_id", object ? object->id : 0);
}

/* --- rows --------------------------------------------------------------------------- */

static json_t *trace_to_json(const struct report *report)
{
	const struct model *model = report->model;
	json_t *json = json_object();

	json_set_text(json, "path", report->path);
	json_set_texts(json, "hosts", (const char *const *)model->hosts->pdata, model->hosts->len);
	json_object_set_new(json, "begin_ns", json_integer(model->begin_ns));
	json_object_set_new(json, "end_ns", json_integer(model->end_ns));
	json_set_number(json, "events", model->events);
	json_set_number(json, "lost_events", model->lost_events);
	json_set_number(json, "unpaired_ends", model->unpaired);
	json_object_set_new(json, "complete", json_boolean(model->complete));
	return json;
}

static json_t *runtime_to_json(const struct process *process)
{
	json_t *json;

	if (!process->runtime)
		return json_null();
	json = json_object();
	json_set_text(json, "name", process->runtime);
	json_set_text(json, "version", process->runtime_version);
	return json;
}

static json_t *blind_spots_to_json(const struct process *process)
{
	struct blind_spot spots[BLIND_SPOTS_MAX];
	size_t i, count = process_blind_spots(process, spots, BLIND_SPOTS_MAX);
	json_t *array = json_array();

	for (i = 0; i < count; i++) {
		json_t *json = json_object();

		json_set_text(json, "kind", spots[i].kind);
		json_set_number(json, "count", spots[i].count);
		json_set_text(json, "text", spots[i].words);
		json_array_append_new(array, json);
	}
	return array;
}

static json_t *process_to_json(const struct report *report, const void *row)
{
	const struct process *process = row;
	json_t *json = json_object();

	json_set_id(json, "id", process->id);
	json_set_text(json, "host", process->host);
	json_set_number(json, "pid", process->pid);
	json_set_number(json, "ppid", process->ppid);
	json_set_text(json, "exe", process->exe);
	json_set_texts(json, "argv", (const char *const *)process->argv->pdata, process->argv->len);
	json_object_set_new(json, "runtime", runtime_to_json(process));
	json_object_set_new(json, "begin_ns", json_integer(process->begin_ns));
	json_object_set_new(json, "end_ns", json_integer(process->end_ns));
	json_set_text(json, "outcome", process_outcome_name(process->outcome));
	json_set_number(json, "native_load_ns", process->native_load_ns);
	json_set_number(json, "tracer_ns", process->tracer_ns);
	json_object_set_new(json, "blind_spots", blind_spots_to_json(process));
	return json;
}

static void set_cell(json_t *json, const struct column *column, struct cell cell)
{
	switch (column->type) {
	case COLUMN_TEXT:
	case COLUMN_PATH: json_set_text(json, column->json, cell.text); break;
	case COLUMN_PLACE: json_set_place(json, column->json, cell.place); break;
	case COLUMN_ID: json_set_id(json, column->json, cell.number); break;
	case COLUMN_TIME:
	case COLUMN_STAMP:
	case COLUMN_NUMBER: json_set_number(json, column->json, cell.number); break;
	}
}

static json_t *module_to_json(const struct report *report, const void *row)
{
	json_t *json = json_object();
	enum column_id id;

	for (id = 0; id < COLUMN_COUNT; id++)
		if (columns[id].json)
			set_cell(json, &columns[id], column_cell(id, row));
	return json;
}

static json_t *mode_to_json(uint32_t mode)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = {
#define BIT(name) { name, #name }
		BIT(RTLD_LAZY),	    BIT(RTLD_NOW),    BIT(RTLD_NOLOAD),
		BIT(RTLD_DEEPBIND), BIT(RTLD_GLOBAL), BIT(RTLD_NODELETE),
#undef BIT
	};
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(bits); i++)
		if (mode & bits[i].bit)
			json_array_append_new(array, json_string(bits[i].name));
	return array;
}

static json_t *objects_added_to_json(const struct load *load)
{
	json_t *array = json_array();
	guint i;

	for (i = 0; i < load->objects_added->len; i++)
		json_array_append_new(
			array, json_integer(((struct object *)load->objects_added->pdata[i])->id));
	return array;
}

static json_t *load_to_json(const struct report *report, const void *row)
{
	const struct load *load = row;
	const struct span *span = &load->span, *parent = span->parent;
	json_t *json = json_object();
	bool cut;

	while (parent && parent->kind != SPAN_LOAD)
		parent = parent->parent;
	json_set_id(json, "id", load->id);
	json_set_id(json, "process", span->process->id);
	json_set_number(json, "tid", span->tid);
	json_set_id(json, "parent", parent ? ((const struct load *)parent)->id : 0);
	json_set_text(json, "function", enum_name(enum_load_function, load->function));
	json_set_text(json, "via", load_via(load));
	json_set_text(json, "requested", load->requested);
	json_object_set_new(json, "mode", mode_to_json(load->mode));
	json_object_set_new(json, "namespace", json_integer(load->lmid));
	set_object(json, load->object);
	json_set_text(json, "outcome", load_outcome_name(load->outcome));
	json_set_text(json, "error", json_or_null(load->error));
	json_object_set_new(json, "begin_ns", json_integer(span->begin_ns));
	json_set_number(json, "duration_ns", span->total_ns);
	json_set_number(json, "self_ns", span->self_ns);
	json_set_number(json, "cpu_ns", span->cpu_ns);
	json_set_number(json, "minor_faults", span->minor_faults);
	json_set_number(json, "major_faults", span->major_faults);
	json_set_place(json, "requested_at", span_requested_at(span));
	json_object_set_new(json, "requester", json_of_requester(report, load));
	json_object_set_new(json, "stack", json_of_stack(report, load, &cut));
	json_object_set_new(json, "stack_cut", json_boolean(cut));
	json_object_set_new(json, "objects_added", objects_added_to_json(load));
	return json;
}

static json_t *symbol_to_json(const struct report *report, const void *row)
{
	const struct symbol *symbol = row;
	json_t *json = json_object();

	json_set_id(json, "process", symbol->process->id);
	json_set_text(json, "symbol", symbol->name);
	json_set_text(json, "version", json_or_null(symbol->version));
	set_object(json, symbol->object);
	json_set_number(json, "count", symbol->count);
	json_set_number(json, "failed", symbol->failed);
	json_set_number(json, "duration_ns", symbol->duration_ns);
	json_set_place(json, "requested_at", symbol->requested_at);
	return json;
}

static json_t *object_to_json(const struct report *report, const void *row)
{
	const struct object *object = row;
	json_t *json = json_object();

	json_set_id(json, "id", object->id);
	json_set_id(json, "process", object->process->id);
	json_set_text(json, "path", object->path);
	json_set_text(json, "soname", json_or_null(object->soname));
	json_set_text(json, "build_id", json_or_null(object->build_id));
	json_set_number(json, "size", object->size);
	json_object_set_new(json, "mtime_ns", json_integer(object->mtime_ns));
	json_set_address(json, "base", object->base);
	json_set_id(json, "loaded_by", object->loaded_by ? object->loaded_by->id : 0);
	if (object->unloaded_ns)
		json_object_set_new(json, "unloaded_ns", json_integer(object->unloaded_ns));
	else
		json_object_set_new(json, "unloaded_ns", json_null());
	return json;
}

static void set_init_place(const struct report *report, json_t *json, const struct failure *failure)
{
	const struct init *init = failure->module ? failure->module->init : NULL;
	struct place place;
	bool known = init && report_init_place(report, init, &place);

	json_set_place(json, "init_at", known ? &place : NULL);
}

static json_t *failure_to_json(const struct report *report, const void *row)
{
	const struct failure *failure = row;
	json_t *json = json_object();
	bool cut;

	json_set_id(json, "id", failure->id);
	json_set_id(json, "process", failure->process->id);
	json_set_text(json, "kind", failure->kind);
	json_set_text(json, "severity", severity_name(failure->severity));
	json_set_text(json, "headline", failure->headline);
	json_set_text(json, "severity_reason", failure->reason);
	json_set_text(json, "message", failure->message);
	json_set_texts(json, "evidence", (const char *const *)failure->evidence->pdata,
		       failure->evidence->len);
	json_set_number(json, "count", failure->count);
	json_set_id(json, "module", failure->module ? failure->module->id : 0);
	json_set_id(json, "load", failure->load ? failure->load->id : 0);
	set_object(json, failure->object);
	json_set_text(json, "missing", failure->missing);
	json_set_text(json, "needed_by", failure->needed_by);
	json_set_texts(json, "searched", (const char *const *)failure->searched->pdata,
		       failure->searched->len);
	json_set_place(json, "requested_at", failure->requested_at);
	set_init_place(report, json, failure);
	json_object_set_new(json, "requester",
			    failure->load ? json_of_requester(report, failure->load)
					  : json_of_caller(report, failure->requester));
	json_object_set_new(json, "stack",
			    failure->crash ? json_of_crash(report, failure->crash)
					   : json_of_stack(report, failure->load, &cut));
	json_object_set_new(json, "looked", json_boolean(failure->looked));
	json_set_text(json, "hint", failure->hint);
	return json;
}

/* --- the document --------------------------------------------------------------------- */

typedef json_t *row_to_json(const struct report *report, const void *row);

static json_t *rows_to_json(const struct report *report, const GPtrArray *rows,
			    row_to_json *convert)
{
	json_t *array = json_array();
	guint i;

	for (i = 0; i < rows->len; i++)
		json_array_append_new(array, convert(report, rows->pdata[i]));
	return array;
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
	return (gint)(*(const struct module *const *)a)->id -
	       (gint)(*(const struct module *const *)b)->id;
}

/* In order of begin unless --sort says otherwise; all unless --limit does. */
static struct error *modules_to_json(const struct report *report, json_t **array)
{
	const struct options *options = report->options;
	g_autoptr(GPtrArray) rows = NULL;
	struct error *err = modules_choose(report->model, options, &rows);

	if (err)
		return err;
	if (!options->sort)
		g_ptr_array_sort(rows, compare_ids);
	if (options->limit != COUNT_UNSET && options->limit && options->limit < rows->len)
		g_ptr_array_set_size(rows, (gint)options->limit);
	*array = rows_to_json(report, rows, module_to_json);
	return NULL;
}

static json_t *tool_to_json(void)
{
	json_t *json = json_object();

	json_set_text(json, "name", "dlscope");
	json_set_text(json, "version", DLSCOPE_VERSION);
	return json;
}

static json_t *document(const struct report *report, json_t *modules)
{
	const struct model *model = report->model;
	json_t *json = json_object();

	json_object_set_new(json, "schema_version", json_integer(REPORT_SCHEMA_VERSION));
	json_object_set_new(json, "tool", tool_to_json());
	json_object_set_new(json, "trace", trace_to_json(report));
	json_object_set_new(json, "processes",
			    rows_to_json(report, model->processes, process_to_json));
	json_object_set_new(json, "modules", modules);
	json_object_set_new(json, "loads", rows_to_json(report, model->loads, load_to_json));
	json_object_set_new(json, "symbols", rows_to_json(report, model->symbols, symbol_to_json));
	json_object_set_new(json, "objects", rows_to_json(report, model->objects, object_to_json));
	json_object_set_new(json, "failures",
			    rows_to_json(report, model->failures, failure_to_json));
	return json;
}

struct error *report_json(const struct report *report)
{
	json_t *modules, *json;
	struct error *err = modules_to_json(report, &modules);

	if (err)
		return err;
	report_wants_stacks(report);
	json = document(report, modules);
	/* a failed write leaves its mark on the stream, which closing looks at */
	json_dumpf(json, report->out, JSON_INDENT(2));
	fputc('\n', report->out);
	json_decref(json);
	return NULL;
}
