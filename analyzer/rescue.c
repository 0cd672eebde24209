/* SPDX-License-Identifier: MIT */
/*
 * Saves what a killed process holds up: see rescue.h.
 */
#include "rescue.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_output.h"
#include "files.h"
#include "ring_buffer.h"
#include "session.h"
#include "trace_find.h"

#define CONSUMER "lttng-consumerd"

enum { READ_SECONDS = 60, METADATA_START = 8192 };

/* --- the trace that a buffer belongs to ------------------------------------------------- */

/* The first one in the metadata is the trace's. */
static bool has_uuid(const char *trace, const uint8_t *uuid)
{
	static const char key[] = "uuid = \"";
	g_autofree char *path = g_build_filename(trace, "metadata", NULL);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char start[METADATA_START], digits[2 * TRACE_UUID_SIZE + 1] = "";
	ssize_t size = fd < 0 ? -1 : read(fd, start, sizeof(start));
	const char *found = size < 0 ? NULL : memmem(start, (size_t)size, key, strlen(key));
	size_t i, count = 0;

	if (!found)
		return false;
	for (found += strlen(key); found < start + size && *found != '"'; found++)
		if (*found != '-' && count < sizeof(digits) - 1)
			digits[count++] = *found;
	for (i = 0; i < TRACE_UUID_SIZE; i++)
		if (g_ascii_xdigit_value(digits[2 * i]) * 16 +
			    g_ascii_xdigit_value(digits[2 * i + 1]) !=
		    uuid[i])
			return false;
	return true;
}

/* Borrowed from `traces`, or NULL: the buffer is of another session. */
static const char *trace_of(const GPtrArray *traces, const struct ring_buffer *buffer)
{
	const uint8_t *uuid = ring_buffer_trace(buffer);
	guint i;

	for (i = 0; uuid && i < traces->len; i++)
		if (has_uuid(traces->pdata[i], uuid))
			return traces->pdata[i];
	return NULL;
}

static uint64_t discarded_before(const char *trace, const struct ring_buffer *buffer)
{
	g_autofree char *path = g_strdup_printf("%s/" SESSION_CHANNEL "_%" G_GUINT64_FORMAT, trace,
						ring_buffer_stream(buffer));
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? 0 : packets_discarded(fd);
}

/* --- saving one ---------------------------------------------------------------------------- */

static bool write_packets(const char *path, const GByteArray *packets)
{
	return g_file_set_contents(path, (const char *)packets->data, (gssize)packets->len, NULL);
}

static bool copy_file(const char *from, const char *to)
{
	g_autofree char *text = NULL;
	gsize size;

	return g_file_get_contents(from, &text, &size, NULL) &&
	       g_file_set_contents(to, text, (gssize)size, NULL);
}

/* Bytes of a hole that was not where it seemed would spoil the whole trace. */
static bool is_readable(const char *trace)
{
	const char *const argv[] = { "dlscope", "events", trace, NULL };
	const struct child_plan plan = { .path = "/proc/self/exe",
					 .argv = argv,
					 .descriptor = STDERR_FILENO,
					 .seconds = READ_SECONDS };
	struct child_output output = { 0 };
	_cleanup_error_ struct error *err = child_output_read(&plan, &output);

	g_free(output.text);
	return !err && WIFEXITED(output.wait_status) && !WEXITSTATUS(output.wait_status);
}

struct saving {
	struct ring_buffer *buffer;
	const char *trace, *trial;
	uint32_t run;
};

/* True when all is in the trace. */
static bool save(const struct saving *saving)
{
	_cleanup_(cleanup_event_numbers_free) struct event_numbers *numbers = event_numbers_read(
		saving->trace, saving->run);
	g_autoptr(GByteArray) packets = g_byte_array_new();
	g_autofree char *name = g_strdup_printf("rescued_%" G_GUINT64_FORMAT,
						ring_buffer_stream(saving->buffer));
	g_autofree char *tried = g_build_filename(saving->trial, name, NULL);
	g_autofree char *place = g_build_filename(saving->trace, name, NULL);
	bool all = ring_buffer_packets(saving->buffer, numbers,
				       discarded_before(saving->trace, saving->buffer), packets);

	if (!packets->len)
		return all;
	if (!write_packets(tried, packets))
		return false;
	return is_readable(saving->trial) && rename(tried, place) == 0 && all;
}

static bool save_by_trial(const struct saving *saving)
{
	g_autofree char *from = g_build_filename(saving->trace, "metadata", NULL);
	g_autofree char *to = g_build_filename(saving->trial, "metadata", NULL);
	bool saved = mkdir(saving->trial, 0700) == 0 && copy_file(from, to) && save(saving);

	error_free(files_remove_tree(saving->trial));
	return saved && !ring_buffer_is_full(saving->buffer);
}

/* --- finding them ---------------------------------------------------------------------------- */

struct rescue {
	const char *recording;
	uint32_t run;
	GPtrArray *traces; /* char *: below the recording */
	bool all;
};

static void look_at_file(struct rescue *rescue, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	_cleanup_(cleanup_ring_buffer_free) struct ring_buffer *buffer =
		fd < 0 ? NULL : ring_buffer_held_up(fd);
	const char *trace = buffer ? trace_of(rescue->traces, buffer) : NULL;
	g_autofree char *trial = g_build_filename(rescue->recording, "rescue", NULL);

	if (!buffer || (!trace && ring_buffer_trace(buffer)))
		return;
	if (!trace) { /* may be another's that is just being written */
		rescue->all = false;
		return;
	}
	if (!save_by_trial(&(struct saving){ buffer, trace, trial, rescue->run }))
		rescue->all = false;
	ring_buffer_let_go(buffer, fd);
}

/* Opened by its number there: the shared memory has no name any more. */
static void look_at_process(struct rescue *rescue, const char *pid)
{
	g_autofree char *place = g_strdup_printf("/proc/%s/fd", pid);
	_cleanup_closedir_ DIR *dir = opendir(place);
	struct dirent *entry;
	struct stat status;

	while (dir && (entry = readdir(dir))) {
		g_autofree char *path = g_build_filename(place, entry->d_name, NULL);

		if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
			look_at_file(rescue, path);
	}
}

static bool is_consumer(const char *pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%s/comm", pid);
	char name[32];

	return files_read_text(path, name, sizeof(name)) && g_str_has_prefix(name, CONSUMER);
}

bool rescue_held_up(const char *recording, uint32_t run)
{
	g_autoptr(GPtrArray) traces = g_ptr_array_new_with_free_func(g_free);
	struct rescue rescue = { recording, run, traces, true };
	_cleanup_error_ struct error *err = trace_find(recording, traces);
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (!err && proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) && is_consumer(entry->d_name))
			look_at_process(&rescue, entry->d_name);
	return rescue.all;
}
