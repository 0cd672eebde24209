/* SPDX-License-Identifier: MIT */
/*
 * Reads the marker file of a recording.
 */
#include "recording_info.h"

#include <errno.h>
#include <glib.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "recording.h"

static int64_t get_number(const json_t *root, const char *name)
{
	return json_integer_value(json_object_get(root, name)); /* 0 for null and absent */
}

static void read_live_pids(const json_t *pids, struct recording_info *recording)
{
	size_t i;

	recording->live_count = json_array_size(pids);
	recording->live_pids = g_new0(uint32_t, recording->live_count);
	for (i = 0; i < recording->live_count; i++)
		recording->live_pids[i] = (uint32_t)json_integer_value(json_array_get(pids, i));
}

struct error *recording_info_read(const char *dir, struct recording_info *recording, bool *found)
{
	g_autofree char *path = g_build_filename(dir, RECORDING_MARKER, NULL);
	json_error_t reason;
	json_t *root;

	memset(recording, 0, sizeof(*recording));
	*found = access(path, F_OK) == 0;
	if (!*found)
		return NULL;
	root = json_load_file(path, 0, &reason);
	if (!json_is_object(root)) {
		json_decref(root);
		return error_create("cannot read %s: %s: remove it to report without it", path,
				    root ? "it is not a JSON object" : reason.text);
	}
	recording->pid = (uint32_t)get_number(root, "pid");
	recording->signal = (int)get_number(root, "signal");
	recording->exit_status = json_is_integer(json_object_get(root, "exit_status"))
					 ? (int)get_number(root, "exit_status")
					 : -1;
	recording->begin_ns = get_number(root, "begin_ns");
	recording->end_ns = get_number(root, "end_ns");
	recording->complete = json_is_true(json_object_get(root, "complete"));
	read_live_pids(json_object_get(root, "live_pids"), recording);
	json_decref(root);
	return NULL;
}

void recording_info_clear(struct recording_info *recording)
{
	g_free(recording->live_pids);
	memset(recording, 0, sizeof(*recording));
}

bool recording_is_live(const struct recording_info *recording, uint32_t pid)
{
	size_t i;

	for (i = 0; i < recording->live_count; i++)
		if (recording->live_pids[i] == pid)
			return true;
	return false;
}
