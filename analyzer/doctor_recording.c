/* SPDX-License-Identifier: MIT */
/*
 * doctor: a test recording, of a program that does nothing, in a scratch
 * directory.  It is a `dlscope record` of its own: what it proves is what the
 * user will do.
 */
#include "doctor.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_output.h"
#include "cleanup.h"
#include "event_decode.h"
#include "program.h"
#include "scratch.h"
#include "trace_reader.h"

enum { RECORD_SECONDS = 60 };

struct counter {
	struct event_decoder *decoder;
	unsigned int events;
};

static struct error *count_event(const struct raw_event *raw, void *data)
{
	struct counter *counter = data;
	struct event event;
	bool known;

	RETURN_IF_ERROR(event_decode(counter->decoder, raw, &event, &known));
	counter->events += known;
	return NULL;
}

static void ignore_lost(uint64_t count, void *data) {}

static struct error *count_events(const char *directory, unsigned int *events)
{
	static const struct trace_handler handler = { .event = count_event, .lost = ignore_lost };
	_cleanup_(
		cleanup_event_decoder_free) struct event_decoder *decoder = event_decoder_create();
	struct counter counter = { decoder, 0 };

	RETURN_IF_ERROR(trace_read(&directory, 1, &handler, &counter));
	*events = counter.events;
	return NULL;
}

/* The first line it printed, else how it ended. */
static struct error *record_failed(const struct child_output *output)
{
	g_autofree char *line = g_strndup(output->text, strcspn(output->text, "\n"));

	if (*line)
		return error_create("%s", line);
	return error_create("it ended with wait status %#x", (unsigned int)output->wait_status);
}

static struct error *record(const char *directory, const char *program)
{
	const char *argv[] = {
		"dlscope", "record", "--strict", "-o", directory, "--", program, NULL
	};
	const struct child_plan plan = { "/proc/self/exe", argv,	  NULL, NULL,
					 STDERR_FILENO,	   RECORD_SECONDS };
	struct child_output output;
	struct error *err;

	RETURN_IF_ERROR(child_output_read(&plan, &output));
	err = WIFEXITED(output.wait_status) && WEXITSTATUS(output.wait_status) == 0 && !*output.text
		      ? NULL
		      : record_failed(&output);
	g_free(output.text);
	return err;
}

static struct error *try_recording(struct doctor *doctor)
{
	_cleanup_(cleanup_scratch_remove) struct scratch *scratch = NULL;
	_cleanup_free_ char *program = NULL;
	g_autofree char *directory = NULL;
	unsigned int events = 0;
	int status;

	RETURN_IF_ERROR(program_find("true", &program, &status));
	RETURN_IF_ERROR(scratch_create(SCRATCH_FOR_DATA, 0, &scratch));
	directory = g_build_filename(scratch->path, "trace", NULL);
	RETURN_IF_ERROR(record(directory, program));
	RETURN_IF_ERROR(count_events(directory, &events));
	if (!events)
		return error_create("the trace of %s holds no event of dlscope", program);
	doctor_pass(doctor, CHECK_recording, "%s was recorded: %u events", program, events);
	return NULL;
}

void doctor_recording(struct doctor *doctor)
{
	_cleanup_error_ struct error *err = try_recording(doctor);

	if (err)
		doctor_find(doctor, CHECK_recording, "%s", error_message(err));
}
