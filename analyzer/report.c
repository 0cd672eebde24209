/* SPDX-License-Identifier: MIT */
/*
 * From options to a report: check, read, write.
 */
#include "report.h"

#include <string.h>

#include "diagnose.h"
#include "model_read.h"
#include "output_file.h"
#include "report_columns.h"
#include "report_show.h"
#include "report_stack.h"
#include "trace_dirs.h"

static const struct format {
	const char *name;
	report_writer *write;
} formats[] = {
#define FORMAT(name, function, description) { name, function },
#include "report_formats.def"
#undef FORMAT
};

static const char *format_names(void)
{
	static char names[256];
	size_t i;

	*names = '\0';
	for (i = 0; i < G_N_ELEMENTS(formats); i++) {
		g_strlcat(names, i ? ", " : "", sizeof(names));
		g_strlcat(names, formats[i].name, sizeof(names));
	}
	return names;
}

static struct error *find_format(const struct options *options, const struct format **format)
{
	const char *name = options->json ? "json" : options->format;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(formats); i++)
		if (!strcmp(formats[i].name, name)) {
			*format = &formats[i];
			return NULL;
		}
	return error_create("there is no report format \"%s\": choose one of %s", name,
			    format_names());
}

static struct error *check_color(const char *when)
{
	if (!strcmp(when, "auto") || !strcmp(when, "always") || !strcmp(when, "never"))
		return NULL;
	return error_create("colour can be auto, always or never, not \"%s\"", when);
}

struct error *report_check_options(const struct options *options)
{
	g_autoptr(GPtrArray) no_rows = g_ptr_array_new();
	enum column_id chosen[COLUMN_COUNT], sort;
	const struct format *format;
	size_t count;

	RETURN_IF_ERROR(find_format(options, &format));
	if (options->show && strcmp(format->name, "text"))
		return error_create("--show prints text: --format %s has all loads and modules",
				    format->name);
	RETURN_IF_ERROR(check_color(options->color));
	RETURN_IF_ERROR(report_stack_check(options));
	RETURN_IF_ERROR(columns_choose(options->columns, no_rows, chosen, &count));
	return column_find(options->sort, &sort);
}

static struct error *write_report(const struct options *options, const struct report *report)
{
	const struct format *format;

	if (options->show)
		return report_show(report, options->show);
	RETURN_IF_ERROR(find_format(options, &format));
	return format->write(report);
}

struct symbol_search report_search(const struct options *options)
{
	return (struct symbol_search){ options->sysroot, options->debug_dir, options->debuginfod };
}

struct error *report_run(const struct options *options)
{
	struct trace_dirs dirs = trace_dirs_of(options);
	_cleanup_(cleanup_model_free) struct model *model = NULL;
	struct symbol_search search = report_search(options);
	_cleanup_(cleanup_symbolizer_free) struct symbolizer *symbolizer = symbolizer_create(
		&search);
	struct output_file output;
	struct error *err;
	struct report report = { .options = options,
				 .path = dirs.paths[0],
				 .symbolizer = symbolizer };

	RETURN_IF_ERROR(report_check_options(options));
	RETURN_IF_ERROR(model_read(dirs.paths, dirs.count, options->hang_after, &model));
	RETURN_IF_ERROR(output_open(options->output, &output));
	diagnose_failures(model);
	report.model = model;
	report.out = output.stream;
	report_add_places(&report, model);
	err = output_close(&output, write_report(options, &report));
	if (!err)
		symbolizer_complain(symbolizer, stderr);
	return err;
}

static struct symbol_source source_of(const struct object *object)
{
	return (struct symbol_source){ object->path, object->build_id, object->size,
				       object->mtime_ns };
}

/* A return address: the call is before it. */
static uint64_t offset_of(const struct frame *frame)
{
	return frame->address - 1 - frame->object->base;
}

const struct code_places *frame_places(const struct report *report, const struct frame *frame)
{
	static const struct code_places nothing;
	struct symbol_source source;

	if (!frame->object)
		return &nothing;
	source = source_of(frame->object);
	return symbolize(report->symbolizer, &source, offset_of(frame));
}

struct code_place frame_place(const struct report *report, const struct frame *frame)
{
	const struct code_places *places = frame_places(report, frame);

	return places->count ? places->at[0] : (struct code_place){ 0 };
}

static void want(const struct report *report, const struct frame *frame)
{
	struct symbol_source source;

	if (!frame->object)
		return;
	source = source_of(frame->object);
	symbolizer_want(report->symbolizer, &source, offset_of(frame));
}

void report_wants_stacks(const struct report *report)
{
	guint i;
	uint32_t j;

	for (i = 0; i < report->model->loads->len; i++) {
		const struct load *load = report->model->loads->pdata[i];

		want(report, &load->caller);
		for (j = 0; j < load->stack_depth; j++)
			want(report, &load->stack[j]);
	}
}
