/* SPDX-License-Identifier: MIT */
/*
 * dlscope events: every decoded event as one JSON object a line, as it is read.
 */
#include "command.h"

#include <glib.h>

#include "event_decode.h"
#include "event_json.h"
#include "json_text.h"
#include "output_file.h"
#include "trace_dirs.h"
#include "trace_reader.h"

struct printer {
	struct event_decoder *decoder;
	FILE *out;
	uint64_t events, lost;
};

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

static struct error *run(const struct options *options)
{
	struct trace_dirs dirs = trace_dirs_of(options);
	struct printer printer = { 0 };
	struct output_file output;
	struct error *err;

	RETURN_IF_ERROR(output_open(options->output, &output));
	printer.out = output.stream;
	err = output_close(&output, print_events(dirs.paths, dirs.count, &printer));
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
