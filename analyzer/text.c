/* SPDX-License-Identifier: MIT */
/*
 * Escapes and human times.
 */
#include "text.h"

#include <glib.h>
#include <string.h>

static void append_character(GString *out, const char *start, size_t size, bool printable)
{
	gunichar c = g_utf8_get_char(start);

	if (printable && g_unichar_iscntrl(c))
		for (; size; size--, start++)
			g_string_append_printf(out, "\\x%02x", (unsigned char)*start);
	else
		g_string_append_len(out, start, (gssize)size);
}

char *text_escape(const char *text, bool printable)
{
	GString *out = g_string_new(NULL);

	while (*text) {
		if ((gint)g_utf8_get_char_validated(text, -1) < 0) {
			g_string_append_printf(out, "\\x%02x", (unsigned char)*text);
			text++;
		} else {
			const char *next = g_utf8_next_char(text);

			append_character(out, text, (size_t)(next - text), printable);
			text = next;
		}
	}
	return g_string_free(out, FALSE);
}

char *text_time(uint64_t ns)
{
	/* limits where rounding to the printed digits would reach 1000 */
	if (ns == 0)
		return g_strdup("0");
	if (ns < 1000)
		return g_strdup_printf("%uns", (unsigned int)ns);
	if (ns < 999950)
		return g_strdup_printf("%.1fus", (double)ns / 1e3);
	if (ns < 999995000)
		return g_strdup_printf("%.2fms", (double)ns / 1e6);
	return g_strdup_printf("%.3fs", (double)ns / 1e9);
}

const char *text_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
