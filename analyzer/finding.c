/* SPDX-License-Identifier: MIT */
/*
 * Matches error texts against findings.def.
 */
#include "finding.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"

struct row {
	const char *kind, *pattern, *hint, *headline;
};

static const struct row rows[] = {
#define FINDING(kind, pattern, hint, headline) { kind, pattern, hint, headline },
#include "findings.def"
#undef FINDING
};

static GRegex *expressions[G_N_ELEMENTS(rows)];

/* Raw: paths in the texts may be of any encoding. */
static GRegex *expression(size_t i)
{
	if (!expressions[i])
		expressions[i] = g_regex_new(
			rows[i].pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE | G_REGEX_DOLLAR_ENDONLY, 0,
			NULL);
	return expressions[i];
}

/* The group's text, NULL when the row has no such group or it is empty. */
static char *group(const GMatchInfo *match, const char *name)
{
	char *text = g_match_info_fetch_named(match, name);

	if (text && !*text)
		g_clear_pointer(&text, g_free);
	return text;
}

static bool same_file(const char *object, const char *requested)
{
	return !strcmp(object, requested) ||
	       !strcmp(text_basename(object), text_basename(requested));
}

/* The loader names the file that it did not find: the one asked for or one that
 * this one, or one of its dependencies, needs. */
static void tell_dependency(struct finding *finding, const char *object, const char *requested)
{
	if (!object)
		return;
	finding->missing = g_strdup(object);
	finding->file = g_strdup(object);
	if (!requested || same_file(object, requested))
		return;
	finding->kind = "dependency-not-found";
	finding->hint = NULL;
	finding->needed_by = g_strdup(requested);
}

static struct finding from_match(const struct row *row, const GMatchInfo *match,
				 const char *requested)
{
	struct finding finding = { .kind = row->kind,
				   .hint = row->hint,
				   .headline = row->headline };
	g_autofree char *object = group(match, "object");

	if (!strcmp(row->kind, "file-not-found")) {
		tell_dependency(&finding, object, requested);
		return finding;
	}
	finding.file = g_strdup(object);
	finding.missing = group(match, "missing");
	finding.needed_by = group(match, "needed");
	if (finding.missing && !finding.needed_by)
		finding.needed_by = g_steal_pointer(&object);
	return finding;
}

struct finding finding_from_text(const char *text, const char *requested)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (g_regex_match(expression(i), text, 0, &match))
			return from_match(&rows[i], match, requested);
	}
	return (struct finding){ .kind = "other" };
}

void finding_clear(struct finding *finding)
{
	g_clear_pointer(&finding->file, g_free);
	g_clear_pointer(&finding->missing, g_free);
	g_clear_pointer(&finding->needed_by, g_free);
}
