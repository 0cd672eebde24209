/* SPDX-License-Identifier: MIT */
/*
 * What doctor answers: lines for people and grep, or JSON.
 *
 * Lines of text are
 *
 *	status  check  what was found  ->  what to do
 *
 * behind the verdict.  JSON holds every check, with its question; the text only
 * what is not as it should be, unless --all is given.
 */
#include "doctor.h"

#include <string.h>

#include "json_text.h"
#include "text.h"

enum { DOCTOR_SCHEMA_VERSION = 1 };

static const struct {
	const char *id;
	enum doctor_scope scope;
	const char *question;
} checks[] = {
#define CHECK(id, scope, severity, question, remedy) { #id, scope, question },
#include "doctor_checks.def"
#undef CHECK
};

static const char *const status_names[] = {
	[STATUS_NOT_CHECKED] = "not-checked",
	[STATUS_OK] = "ok",
	[NOTE] = "note",
	[LIMITS] = "partly",
	[BLOCKS] = "no",
};

/* The rows of programs are no question where no program was named. */
static bool is_asked(const struct doctor *doctor, enum check check)
{
	return checks[check].scope == MACHINE || doctor->options->command;
}

static enum doctor_status verdict(const struct doctor *doctor)
{
	return MAX(doctor_verdict(doctor, MACHINE), doctor_verdict(doctor, PROGRAM));
}

static const char *verdict_words(enum doctor_status status)
{
	if (status == BLOCKS)
		return "cannot be traced";
	return status == LIMITS ? "can be traced, but not fully" : "can be traced fully";
}

/* --- text ------------------------------------------------------------------------ */

static char *check_name(enum check check)
{
	return g_strdelimit(g_strdup(checks[check].id), "_", '-');
}

static void print_line(enum check check, enum doctor_status status, const char *evidence,
		       const char *remedy, FILE *out)
{
	g_autofree char *name = check_name(check);
	g_autofree char *clean = text_escape(evidence, true);

	fprintf(out, "%-11s  %-18s  %s", status_names[status], name, clean);
	if (remedy)
		fprintf(out, "  ->  %s", remedy);
	fputc('\n', out);
}

/* The findings, gravest first; with --all the rest behind them. */
static void print_status(const struct doctor *doctor, enum doctor_status status, FILE *out)
{
	for (enum check check = 0; check < CHECK_COUNT; check++) {
		if (!is_asked(doctor, check))
			continue;
		for (guint i = 0; i < doctor->results->len; i++) {
			const struct doctor_result *result = doctor->results->pdata[i];

			if (result->check == check && result->status == status)
				print_line(check, status, result->evidence, result->remedy, out);
		}
		if (status == STATUS_NOT_CHECKED &&
		    doctor_status_of(doctor, check) == STATUS_NOT_CHECKED)
			print_line(check, status, checks[check].question, NULL, out);
	}
}

static void print_verdict(const struct doctor *doctor, FILE *out)
{
	const char *name = doctor->options->command ? doctor->options->command[0] : NULL;
	g_autofree char *clean = name ? text_escape(name, true) : NULL;
	g_autofree char *versions = NULL;

	g_ptr_array_add(doctor->versions, NULL);
	versions = g_strjoinv(", ", (char **)doctor->versions->pdata);
	g_ptr_array_set_size(doctor->versions, (int)doctor->versions->len - 1);
	fprintf(out, "%s %s (%s%s)\n", clean ? clean : "a program on this machine",
		verdict_words(verdict(doctor)), versions, clean ? "; it was not run" : "");
}

void doctor_print_text(const struct doctor *doctor, FILE *out)
{
	print_verdict(doctor, out);
	for (int status = BLOCKS; status >= NOTE; status--)
		print_status(doctor, (enum doctor_status)status, out);
	if (!doctor->options->all)
		return;
	print_status(doctor, STATUS_OK, out);
	print_status(doctor, STATUS_NOT_CHECKED, out);
}

/* --- JSON ------------------------------------------------------------------------ */

static json_t *result_to_json(enum check check, enum doctor_status status, const char *evidence,
			      const char *remedy)
{
	g_autofree char *name = check_name(check);
	json_t *json = json_object();

	json_object_set_new(json, "check", json_string(name));
	json_object_set_new(json, "scope",
			    json_string(checks[check].scope == MACHINE ? "machine" : "program"));
	json_object_set_new(json, "status", json_string(status_names[status]));
	json_object_set_new(json, "question", json_string(checks[check].question));
	json_set_text(json, "evidence", evidence);
	json_set_text(json, "remedy", remedy);
	return json;
}

static json_t *checks_to_json(const struct doctor *doctor)
{
	json_t *array = json_array();

	for (enum check check = 0; check < CHECK_COUNT; check++) {
		if (!is_asked(doctor, check))
			continue;
		for (guint i = 0; i < doctor->results->len; i++) {
			const struct doctor_result *result = doctor->results->pdata[i];

			if (result->check == check)
				json_array_append_new(array, result_to_json(check, result->status,
									    result->evidence,
									    result->remedy));
		}
		if (doctor_status_of(doctor, check) == STATUS_NOT_CHECKED)
			json_array_append_new(
				array, result_to_json(check, STATUS_NOT_CHECKED, NULL, NULL));
	}
	return array;
}

static size_t count_arguments(char *const *command)
{
	size_t count = 0;

	while (command && command[count])
		count++;
	return count;
}

static void set_list(json_t *json, const char *name, const GPtrArray *list)
{
	json_set_texts(json, name, (const char *const *)list->pdata, list->len);
}

struct error *doctor_print_json(const struct doctor *doctor, FILE *out)
{
	json_t *json = json_object(), *tool = json_object();
	char *const *command = doctor->options->command;
	enum doctor_status worst = verdict(doctor);
	int failed;

	json_object_set_new(json, "schema_version", json_integer(DOCTOR_SCHEMA_VERSION));
	json_object_set_new(tool, "name", json_string("dlscope"));
	json_object_set_new(tool, "version", json_string(DLSCOPE_VERSION));
	json_object_set_new(json, "tool", tool);
	json_object_set_new(json, "verdict",
			    json_string(worst >= LIMITS ? status_names[worst] : "yes"));
	json_set_texts(json, "command", (const char *const *)command, count_arguments(command));
	set_list(json, "files", doctor->files);
	set_list(json, "versions", doctor->versions);
	json_object_set_new(json, "checks", checks_to_json(doctor));
	failed = json_dumpf(json, out, JSON_INDENT(2)) || fputc('\n', out) < 0;
	json_decref(json);
	return failed ? error_create("the answer could not all be written") : NULL;
}
