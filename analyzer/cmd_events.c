/* SPDX-License-Identifier: MIT */
/*
 * dlscope events: every decoded event as one JSON object a line, as it is read.
 */
#include "command.h"

#include <glib.h>

#include "event_decode.h"
#include "event_json.h"
#include "json_text.h"
#include "model_read.h"
#include "output_file.h"
#include "report_json.h"
#include "report_stack.h"
#include "trace_dirs.h"
#include "trace_reader.h"

struct printer {
	struct event_decoder *decoder;
	struct report stacks; /* with a model when --stacks is given */
	FILE *out;
	uint64_t events, lost;
};

static void add_frames(json_t *object, const struct report *report, const struct event *event)
{
	const struct load *load = model_load_of(report->model, event);
	bool cut;

	json_object_set_new(object, "frames", json_of_stack(report, load, &cut));
}

static struct error *print_event(const struct raw_event *raw, void *data)
{
	struct printer *printer = data;
	struct event event;
	json_t *object;
	bool known;
	int failed;

	RETURN_IF_ERROR(event_decode(printer->decoder, raw, &event, &known));
	if (!known)
		return NULL;
	printer->events++;
	object = event_to_json(&event);
	if (printer->stacks.model && event.id == EVENT_load_begin)
		add_frames(object, &printer->stacks, &event);
	failed = json_dumpf(object, printer->out, JSON_COMPACT) || fputc('\n', printer->out) < 0;
	json_decref(object);
	return failed ? error_create("the events could not all be written") : NULL;
}

static void count_lost(uint64_t count, void *data)
{
	((struct printer *)data)->lost += count;
}

static struct error *print_events(const char *const *dirs, size_t count, struct printer *printer)
{
	static const struct trace_handler handler = { .event = print_event, .lost = count_lost };
	_cleanup_(
		cleanup_event_decoder_free) struct event_decoder *decoder = event_decoder_create();

	printer->decoder = decoder;
	RETURN_IF_ERROR(trace_read(dirs, count, &handler, printer));
	return printer->events ? NULL : trace_dirs_foreign(dirs[0]);
}

/* The whole trace is read first: what is mapped where is not known before. */
static struct error *prepare_stacks(const struct options *options, const struct trace_dirs *dirs,
				    struct report *stacks, struct model **model)
{
	if (!options->stacks)
		return NULL;
	RETURN_IF_ERROR(model_read(dirs->paths, dirs->count, 0, model));
	stacks->model = *model;
	stacks->options = options;
	report_wants_stacks(stacks);
	return NULL;
}

static struct error *run(const struct options *options)
{
	struct trace_dirs dirs = trace_dirs_of(options);
	const struct symbol_search search = report_search(options);
	_cleanup_(cleanup_model_free) struct model *model = NULL;
	_cleanup_(cleanup_symbolizer_free) struct symbolizer *symbolizer = symbolizer_create(
		&search);
	struct printer printer = { .stacks.symbolizer = symbolizer };
	struct output_file output;
	struct error *err;

	RETURN_IF_ERROR(report_stack_check(options));
	RETURN_IF_ERROR(prepare_stacks(options, &dirs, &printer.stacks, &model));
	RETURN_IF_ERROR(output_open(options->output, &output));
	printer.out = output.stream;
	err = output_close(&output, print_events(dirs.paths, dirs.count, &printer));
	if (!err)
		symbolizer_complain(symbolizer, stderr);
	if (!err && printer.lost)
		fprintf(stderr, "dlscope: %llu events were lost while recording\n",
			(unsigned long long)printer.lost);
	return err;
}

int cmd_events(const struct options *options)
{
	struct error *err;

	json_text_setup();
	err = run(options);
	if (!err)
		return EXIT_OK;
	error_report(err);
	return EXIT_TROUBLE;
}
