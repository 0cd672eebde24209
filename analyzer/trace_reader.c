/* SPDX-License-Identifier: MIT */
/*
 * The babeltrace2 graph: source.ctf.fs per trace -> filter.utils.muxer -> a sink
 * that hands each message on.
 *
 * babeltrace2's own log stays off and its errors, which come as a stack of
 * causes on the current thread, become one sentence.
 */
#include "trace_reader.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "read_guard.h"
#include "trace_check.h"
#include "trace_find.h"

#define PROVIDER_PREFIX "dlscope:"

struct reader {
	const struct trace_handler *handler;
	void *data;
	bt_graph *graph;
	bt_message_iterator *messages; /* of the sink, borrowed from the graph */
	const bt_component_filter *muxer;
	uint64_t muxer_ports_used;
	struct error *error; /* of the handler, on its way through babeltrace2 */
};

CLEANUP_FUNCTION(const bt_plugin, bt_plugin_put_ref)
CLEANUP_FUNCTION(bt_value, bt_value_put_ref)
CLEANUP_FUNCTION(const bt_error, bt_error_release)

/* --- errors ------------------------------------------------------------------ */

/* What one line of a cause says.  Causes are written for babeltrace2's
 * developers: "Failed to X: file=..., status=ERROR".  Keep the first part. */
static int sentence_length(const char *message)
{
	const char *end = strstr(message, ": ");
	const char *line = strchr(message, '\n');

	if (!end || (line && line < end))
		end = line;
	if (!end)
		end = message + strlen(message);
	return (int)(end - message) - (end > message && end[-1] == '.');
}

static const char *cause_message(const bt_error *causes, uint64_t index)
{
	return bt_error_cause_get_message(bt_error_borrow_cause_by_index(causes, index));
}

/* One of the outer causes names the file, between a ` and a quote of some kind.
 * Length 0 when none does. */
static const char *find_file(const bt_error *causes, int *length)
{
	uint64_t i;

	for (i = 0; i < bt_error_get_cause_count(causes); i++) {
		const char *start = strchr(cause_message(causes, i), '`');

		*length = start ? (int)strcspn(start + 1, "`'") : 0;
		if (*length && start[1] == '/')
			return start + 1;
	}
	*length = 0;
	return "";
}

/* The innermost cause is the one that names the trouble. */
static struct error *take_babeltrace_error(const char *what, const char *where)
{
	_cleanup_(cleanup_bt_error_release) const bt_error *causes = bt_current_thread_take_error();
	const char *reason, *file;
	int length;

	if (!causes || bt_error_get_cause_count(causes) == 0)
		return error_create("%s %s: babeltrace2 gives no reason", what, where);
	reason = cause_message(causes, 0);
	file = find_file(causes, &length);
	if (strchr(reason, '`') || strchr(reason, '\''))
		length = 0; /* it names the file itself */
	return error_create("%s %s: %.*s%s%.*s: the trace is damaged, incomplete or not CTF 1.8",
			    what, where, length, file, length ? ": " : "", sentence_length(reason),
			    reason);
}

/* --- messages ---------------------------------------------------------------- */

static const char *host_of(const bt_stream *stream)
{
	const bt_trace *trace = bt_stream_borrow_trace_const(stream);
	const bt_value *host = bt_trace_borrow_environment_entry_value_by_name_const(trace,
										     "hostname");

	return host && bt_value_is_string(host) ? bt_value_string_get(host) : "";
}

static struct error *event_time(const bt_message *message, const bt_event *event, int64_t *time_ns)
{
	const bt_stream_class *stream = bt_stream_borrow_class_const(
		bt_event_borrow_stream_const(event));

	if (!bt_stream_class_borrow_default_clock_class_const(stream))
		return error_create(
			"the trace has events without a time stamp: it was not written by LTTng");
	if (bt_clock_snapshot_get_ns_from_origin(
		    bt_message_event_borrow_default_clock_snapshot_const(message), time_ns))
		return error_create("the trace has a time stamp outside of what 64 bits hold");
	return NULL;
}

static struct error *handle_event(struct reader *reader, const bt_message *message)
{
	const bt_event *event = bt_message_event_borrow_event_const(message);
	const bt_event_class *type = bt_event_borrow_class_const(event);
	const char *name = bt_event_class_get_name(type);
	struct raw_event raw = { .type = type };

	if (!name || strncmp(name, PROVIDER_PREFIX, strlen(PROVIDER_PREFIX)))
		return NULL;
	RETURN_IF_ERROR(event_time(message, event, &raw.time_ns));
	raw.name = name + strlen(PROVIDER_PREFIX);
	raw.host = host_of(bt_event_borrow_stream_const(event));
	raw.payload = bt_event_borrow_payload_field_const(event);
	return reader->handler->event(&raw, reader->data);
}

static void handle_lost(struct reader *reader, bt_property_availability known, uint64_t count)
{
	/* A program killed while it wrote leaves its counter torn, 2^63 and more: then as
	 * much is known as when there is no number. */
	bool sane = known == BT_PROPERTY_AVAILABILITY_AVAILABLE && count >> 32 == 0;

	reader->handler->lost(sane ? count : 1, reader->data);
}

static struct error *handle_message(struct reader *reader, const bt_message *message)
{
	bt_property_availability known;
	uint64_t count = 0;

	switch (bt_message_get_type(message)) {
	case BT_MESSAGE_TYPE_EVENT: return handle_event(reader, message);
	case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
		known = bt_message_discarded_events_get_count(message, &count);
		handle_lost(reader, known, count);
		return NULL;
	case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
		known = bt_message_discarded_packets_get_count(message, &count);
		handle_lost(reader, known, count);
		return NULL;
	default: return NULL;
	}
}

static bt_graph_simple_sink_component_initialize_func_status sink_initialize(
	bt_message_iterator *messages, void *data)
{
	struct reader *reader = data;

	reader->messages = messages;
	return BT_GRAPH_SIMPLE_SINK_COMPONENT_INITIALIZE_FUNC_STATUS_OK;
}

/* Every status of bt_message_iterator_next() but OK has the same number as the
 * consume status of that name. */
static bt_graph_simple_sink_component_consume_func_status sink_consume(
	bt_message_iterator *messages, void *data)
{
	struct reader *reader = data;
	bt_message_array_const batch;
	uint64_t i, count;
	bt_message_iterator_next_status status = bt_message_iterator_next(messages, &batch, &count);

	if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		return (bt_graph_simple_sink_component_consume_func_status)status;
	read_guard_ours_begin();
	for (i = 0; i < count; i++) {
		if (!reader->error)
			reader->error = handle_message(reader, batch[i]);
		bt_message_put_ref(batch[i]);
	}
	read_guard_ours_end();
	return reader->error ? BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_ERROR
			     : BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_OK;
}

/* --- the graph ----------------------------------------------------------------- */

static struct error *find_plugin(const char *name, const bt_plugin **plugin)
{
	/* BABELTRACE_PLUGIN_PATH, the system's directory, linked in; not the
	 * user's own directory, whose plugins of these names may be anything */
	if (bt_plugin_find(name, BT_TRUE, BT_FALSE, BT_TRUE, BT_TRUE, BT_FALSE, plugin) ==
	    BT_PLUGIN_FIND_STATUS_OK)
		return NULL;
	bt_current_thread_clear_error();
	return error_create(
		"babeltrace2's plugin \"%s\" is not there: install libbabeltrace2-0 completely",
		name);
}

/* {"inputs": [dir], "force-clock-class-origin-unix-epoch": true}: the latter lets
 * the muxer join traces of several boots and hosts. */
static struct error *source_parameters(const char *dir, bt_value **parameters)
{
	_cleanup_(cleanup_bt_value_put_ref) bt_value *map = bt_value_map_create();
	bt_value *inputs;

	if (!map || bt_value_map_insert_empty_array_entry(map, "inputs", &inputs) ||
	    bt_value_array_append_string_element(inputs, dir) ||
	    bt_value_map_insert_bool_entry(map, "force-clock-class-origin-unix-epoch", BT_TRUE)) {
		bt_current_thread_clear_error();
		return error_no_memory();
	}
	*parameters = take_ptr(map);
	return NULL;
}

static struct error *connect_source(struct reader *reader, const bt_component_source *source,
				    const char *dir)
{
	uint64_t i, count = bt_component_source_get_output_port_count(source);

	for (i = 0; i < count; i++)
		if (bt_graph_connect_ports(
			    reader->graph,
			    bt_component_source_borrow_output_port_by_index_const(source, i),
			    bt_component_filter_borrow_input_port_by_index_const(
				    reader->muxer, reader->muxer_ports_used++),
			    NULL))
			return take_babeltrace_error("cannot read trace", dir);
	return NULL;
}

static struct error *add_source(struct reader *reader, const bt_plugin *plugin, const char *dir)
{
	_cleanup_(cleanup_bt_value_put_ref) bt_value *parameters = NULL;
	const bt_component_class_source *type =
		bt_plugin_borrow_source_component_class_by_name_const(plugin, "fs");
	const bt_component_source *source;

	RETURN_IF_ERROR(trace_check_metadata(dir));
	if (!trace_has_streams(dir))
		return NULL;
	/* component names are unique in a graph: the directory's is */
	RETURN_IF_ERROR(source_parameters(dir, &parameters));
	if (bt_graph_add_source_component(reader->graph, type, dir, parameters,
					  BT_LOGGING_LEVEL_NONE, &source))
		return take_babeltrace_error("cannot read trace", dir);
	return connect_source(reader, source, dir);
}

static struct error *add_muxer(struct reader *reader)
{
	_cleanup_(cleanup_bt_plugin_put_ref) const bt_plugin *plugin = NULL;

	RETURN_IF_ERROR(find_plugin("utils", &plugin));
	if (bt_graph_add_filter_component(
		    reader->graph,
		    bt_plugin_borrow_filter_component_class_by_name_const(plugin, "muxer"), "muxer",
		    NULL, BT_LOGGING_LEVEL_NONE, &reader->muxer))
		return take_babeltrace_error("cannot set up", "babeltrace2's muxer");
	return NULL;
}

static struct error *add_sources(struct reader *reader, const GPtrArray *traces)
{
	_cleanup_(cleanup_bt_plugin_put_ref) const bt_plugin *plugin = NULL;
	guint i;

	RETURN_IF_ERROR(find_plugin("ctf", &plugin));
	for (i = 0; i < traces->len; i++)
		RETURN_IF_ERROR(add_source(reader, plugin, traces->pdata[i]));
	return NULL;
}

static struct error *add_sink(struct reader *reader)
{
	const bt_component_sink *sink;

	if (bt_graph_add_simple_sink_component(reader->graph, "dlscope", sink_initialize,
					       sink_consume, NULL, reader, &sink) ||
	    bt_graph_connect_ports(
		    reader->graph,
		    bt_component_filter_borrow_output_port_by_index_const(reader->muxer, 0),
		    bt_component_sink_borrow_input_port_by_index_const(sink, 0), NULL))
		return take_babeltrace_error("cannot set up", "the reader of the trace");
	return NULL;
}

static struct error *run_graph(struct reader *reader, const char *where)
{
	/* A trace without any stream has no port to read from, and a graph with
	 * no connected source cannot run. */
	if (reader->muxer_ports_used == 0)
		return NULL;
	if (bt_graph_run(reader->graph) == BT_GRAPH_RUN_STATUS_OK)
		return NULL;
	if (reader->error) {
		bt_current_thread_clear_error();
		return error_context(take_ptr(reader->error), "cannot read trace %s", where);
	}
	return take_babeltrace_error("cannot read trace", where);
}

static struct error *read_traces(struct reader *reader, const GPtrArray *traces, const char *where)
{
	RETURN_IF_ERROR(add_muxer(reader));
	RETURN_IF_ERROR(add_sources(reader, traces));
	RETURN_IF_ERROR(add_sink(reader));
	return run_graph(reader, where);
}

struct error *trace_read(const char *const *dirs, size_t count, const struct trace_handler *handler,
			 void *data)
{
	g_autoptr(GPtrArray) traces = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *where = NULL;
	struct reader reader = { .handler = handler, .data = data };
	struct error *err;
	size_t i;

	for (i = 0; i < count; i++)
		RETURN_IF_ERROR(trace_find(dirs[i], traces));
	bt_logging_set_global_level(BT_LOGGING_LEVEL_NONE);
	reader.graph = bt_graph_create(0);
	if (!reader.graph)
		return error_no_memory();
	where = count == 1 ? g_strdup(dirs[0])
			   : g_strdup_printf("%s and %zu more", dirs[0], count - 1);
	read_guard_begin(where);
	err = read_traces(&reader, traces, where);
	bt_graph_put_ref(reader.graph);
	read_guard_end();
	return err;
}
