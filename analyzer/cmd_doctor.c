/* SPDX-License-Identifier: MIT */
/*
 * dlscope doctor: can a program be traced here, and if not why.
 *
 * CMD itself is not run.  What is run: lttng-sessiond --version, the loader
 * as ldd(1) runs it, which maps CMD but enters none of its code, and a recording of
 * our own.
 */
#include "command.h"

#include <string.h>

#include "cleanup.h"
#include "doctor.h"
#include "json_text.h"
#include "output_file.h"

static struct error *choose_format(const struct options *options, bool *json)
{
	*json = options->json || !strcmp(options->format, "json");
	if (!*json && strcmp(options->format, "text"))
		return error_create("unknown format '%s', doctor has text and json",
				    options->format);
	return NULL;
}

static struct error *examine(struct doctor *doctor)
{
	doctor_libraries(doctor);
	if (doctor->options->command)
		RETURN_IF_ERROR(doctor_program(doctor));
	doctor_system(doctor);
	doctor_daemon(doctor);
	if (!doctor->options->no_probe && doctor_verdict(doctor, MACHINE) < BLOCKS)
		doctor_recording(doctor);
	return NULL;
}

static struct error *answer(const struct doctor *doctor, bool json)
{
	struct output_file output;
	struct error *err = NULL;

	RETURN_IF_ERROR(output_open(doctor->options->output, &output));
	if (json)
		err = doctor_print_json(doctor, output.stream);
	else
		doctor_print_text(doctor, output.stream);
	return output_close(&output, err);
}

static struct error *run(struct doctor *doctor)
{
	bool json = false;

	RETURN_IF_ERROR(choose_format(doctor->options, &json));
	RETURN_IF_ERROR(examine(doctor));
	return answer(doctor, json);
}

int cmd_doctor(const struct options *options)
{
	struct doctor *doctor = doctor_create(options);
	bool fully;
	struct error *err;

	json_text_setup();
	err = run(doctor);
	fully = MAX(doctor_verdict(doctor, MACHINE), doctor_verdict(doctor, PROGRAM)) < LIMITS;
	doctor_free(doctor);
	if (!err)
		return fully ? EXIT_OK : EXIT_NEGATIVE;
	error_report(err);
	return EXIT_TROUBLE;
}
