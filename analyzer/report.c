/* SPDX-License-Identifier: MIT */
/*
 * From options to a report: check, read, write.
 */
#include "report.h"

#include <string.h>

#include "model_read.h"
#include "output_file.h"
#include "report_columns.h"
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
	RETURN_IF_ERROR(check_color(options->color));
	RETURN_IF_ERROR(columns_choose(options->columns, no_rows, chosen, &count));
	return column_find(options->sort, &sort);
}

static struct error *write_report(const struct options *options, const struct report *report)
{
	const struct format *format;

	RETURN_IF_ERROR(find_format(options, &format));
	return format->write(report);
}

struct error *report_run(const struct options *options)
{
	struct trace_dirs dirs = trace_dirs_of(options);
	_cleanup_(cleanup_model_free) struct model *model = NULL;
	_cleanup_(cleanup_symbolizer_free) struct symbolizer *symbolizer = symbolizer_create();
	struct output_file output;
	struct report report = { .options = options,
				 .path = dirs.paths[0],
				 .symbolizer = symbolizer };

	RETURN_IF_ERROR(report_check_options(options));
	RETURN_IF_ERROR(model_read(dirs.paths, dirs.count, options->hang_after, &model));
	RETURN_IF_ERROR(output_open(options->output, &output));
	report.model = model;
	report.out = output.stream;
	return output_close(&output, write_report(options, &report));
}

const char *frame_function(const struct report *report, const struct frame *frame)
{
	if (!frame->object)
		return NULL;
	/* a return address: the call is before it */
	return symbolize(report->symbolizer, frame->object->path, frame->object->build_id,
			 frame->address - 1 - frame->object->base);
}
