/* SPDX-License-Identifier: MIT */
/*
 * What doctor found out.
 */
#include "doctor.h"

static const struct {
	enum doctor_scope scope;
	enum doctor_status severity;
	const char *remedy;
} checks[] = {
#define CHECK(id, scope, severity, question, remedy) { scope, severity, remedy },
#include "doctor_checks.def"
#undef CHECK
};

static void result_free(void *data)
{
	struct doctor_result *result = data;

	g_free(result->evidence);
	g_free(result->remedy);
	g_free(result);
}

struct doctor *doctor_create(const struct options *options)
{
	struct doctor *doctor = g_new0(struct doctor, 1);

	doctor->options = options;
	doctor->results = g_ptr_array_new_with_free_func(result_free);
	doctor->files = g_ptr_array_new_with_free_func(g_free);
	doctor->versions = g_ptr_array_new_with_free_func(g_free);
	return doctor;
}

void doctor_free(struct doctor *doctor)
{
	g_ptr_array_unref(doctor->results);
	g_ptr_array_unref(doctor->files);
	g_ptr_array_unref(doctor->versions);
	g_free(doctor->directory);
	g_free(doctor);
}

static void add(struct doctor *doctor, enum check check, enum doctor_status status,
		const char *remedy, const char *evidence, va_list args)
{
	struct doctor_result *result = g_new0(struct doctor_result, 1);

	result->check = check;
	result->status = status;
	result->evidence = g_strdup_vprintf(evidence, args);
	result->remedy = g_strdup(remedy);
	g_ptr_array_add(doctor->results, result);
}

void doctor_pass(struct doctor *doctor, enum check check, const char *evidence, ...)
{
	va_list args;

	va_start(args, evidence);
	add(doctor, check, STATUS_OK, NULL, evidence, args);
	va_end(args);
}

void doctor_find(struct doctor *doctor, enum check check, const char *evidence, ...)
{
	va_list args;

	va_start(args, evidence);
	add(doctor, check, checks[check].severity, checks[check].remedy, evidence, args);
	va_end(args);
}

void doctor_find_remedy(struct doctor *doctor, enum check check, const char *remedy,
			const char *evidence, ...)
{
	va_list args;

	va_start(args, evidence);
	add(doctor, check, checks[check].severity, remedy, evidence, args);
	va_end(args);
}

enum doctor_status doctor_status_of(const struct doctor *doctor, enum check check)
{
	enum doctor_status worst = STATUS_NOT_CHECKED;

	for (guint i = 0; i < doctor->results->len; i++) {
		const struct doctor_result *result = doctor->results->pdata[i];

		if (result->check == check && result->status > worst)
			worst = result->status;
	}
	return worst;
}

enum doctor_status doctor_verdict(const struct doctor *doctor, enum doctor_scope scope)
{
	enum doctor_status worst = STATUS_OK;

	for (enum check check = 0; check < CHECK_COUNT; check++)
		if (checks[check].scope == scope && doctor_status_of(doctor, check) > worst)
			worst = doctor_status_of(doctor, check);
	return worst;
}
