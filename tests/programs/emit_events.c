/* SPDX-License-Identifier: MIT */
/*
 * Writes events of the schema with values of our choice through the real LTTng
 * provider, without the shim: made traces for the analyzer's tests.
 *
 *   emit_events --known [--host NAME]
 *       one event of every kind, every field with a value made from its place;
 *       prints what `dlscope events` must say of it, a JSON object a line
 *       (without time_ns and host)
 *   emit_events --script FILE
 *       one event a line: EVENT FIELD=VALUE ...; '#' starts a comment.
 *       VALUE of text may hold %XX escapes; of a sequence of numbers it is
 *       1,2,3; of bytes that the schema calls hex it is hex digits; of other
 *       bytes it is words separated by '|', as in argv.  "repeat N EVENT ..." writes an event N times in a
 *       row, "drain" waits until the consumer has emptied the buffers.  A sequence
 *       that is "nowhere" ends the program by SIGSEGV while the event is written;
 *       "seal" ends it by SIGSEGV where it is to end a packet, and has it write a
 *       byte to standard output for each event until then.
 *
 * PROVIDER is the path of libdlscope-lttng.so.  Values and expectations come
 * from trace_events.def: a new field is covered without a line here.
 */
#include <dlfcn.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace_sink.h"

enum { LINE_MAX_SIZE = 8192, SEQUENCE_MAX = 128, REGISTER_TIMEOUT_S = 10 };

static const struct trace_sink *sink;
static bool sealed;

bool dlscope_attach(const struct trace_sink *new_sink)
{
	sink = new_sink;
	return true;
}

static void die(const char *what, const char *which)
{
	fprintf(stderr, "emit_events: %s %s\n", what, which);
	exit(1);
}

/* --- where a field is taken from ----------------------------------------------- */

/* The right-hand sides of the schema are members of struct dl_call, of which the
 * counters are reached through a pointer to const: all are ours to write. */
struct emission {
	struct dl_call call;
	struct dl_counters counters;
};

enum value_kind { NUMBER, TEXT, SEQUENCE };

struct field {
	const char *name;
	enum value_kind kind;
	void *target;	 /* the number, or the pointer */
	size_t size;	 /* of the number, or of an element */
	uint32_t *count; /* of a sequence */
	bool is_signed, hex;
	const struct enumerator *values;
};

struct enumerator {
	const char *name;
	uint64_t value;
};

#define LTTNG_UST_TRACEPOINT_EVENT(provider, name, args, fields)
#define LTTNG_UST_TP_ENUM_VALUES(...)		 __VA_ARGS__
#define lttng_ust_field_enum_value(text, number) { text, number },
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values) \
	static const struct enumerator enumerators_##name[] = { values{ NULL, 0 } };
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_ENUM
#undef LTTNG_UST_TRACEPOINT_EVENT

#define LTTNG_UST_TP_ARGS(...)
#define LTTNG_UST_TP_FIELDS(...) __VA_ARGS__
#define LTTNG_UST_TRACEPOINT_ENUM(provider, name, values)
#define NUMBER_ROW(type, field, expression, is_hex, table) \
	{ .name = #field, \
	  .kind = NUMBER, \
	  .target = (void *)&(expression), \
	  .size = sizeof(expression), \
	  .is_signed = (type)-1 < (type)1, \
	  .hex = is_hex, \
	  .values = table },
#define SEQUENCE_ROW(type, field, source, number, is_hex) \
	{ .name = #field, \
	  .kind = SEQUENCE, \
	  .target = (void *)&(source), \
	  .size = sizeof(type), \
	  .count = (void *)&(number), \
	  .hex = is_hex },
#define lttng_ust_field_integer(type, name, expression) \
	NUMBER_ROW(type, name, expression, false, NULL)
#define lttng_ust_field_integer_hex(type, name, expression) \
	NUMBER_ROW(type, name, expression, true, NULL)
#define lttng_ust_field_enum(provider, table, type, name, expression) \
	NUMBER_ROW(type, name, expression, false, enumerators_##table)
#define lttng_ust_field_string(field, expression) \
	{ .name = #field, .kind = TEXT, .target = (void *)&(expression) },
#define lttng_ust_field_sequence(type, name, source, count_type, number) \
	SEQUENCE_ROW(type, name, source, number, false)
#define lttng_ust_field_sequence_text lttng_ust_field_sequence
#define lttng_ust_field_sequence_hex(type, name, source, count_type, number) \
	SEQUENCE_ROW(type, name, source, number, true)

#define LTTNG_UST_TRACEPOINT_EVENT(provider, event_name, args, event_fields) \
	static size_t fields_of_##event_name(struct dl_call *c, struct field *fields) \
	{ \
		const struct field rows[] = { event_fields }; \
		memcpy(fields, rows, sizeof(rows)); \
		return sizeof(rows) / sizeof(rows[0]); \
	}
#include "trace_events.def"
#undef LTTNG_UST_TRACEPOINT_EVENT

static const struct {
	const char *name;
	size_t (*fields)(struct dl_call *c, struct field *fields);
} events[EVENT_COUNT] = {
#define LTTNG_UST_TRACEPOINT_EVENT(provider, event_name, args, event_fields) \
	[EVENT_##event_name] = { #event_name, fields_of_##event_name },
#include "trace_events.def"
};

enum { FIELDS_MAX = 64 };

static bool holds_words(const struct field *field)
{
	return field->size == 1 && !field->hex;
}

static void set_number(const struct field *field, uint64_t value)
{
	memcpy(field->target, &value, field->size); /* little-endian */
}

static void set_pointer(const struct field *field, const void *value)
{
	memcpy(field->target, &value, sizeof(value));
}

static size_t emission_init(struct emission *emission, enum trace_event id, struct field *fields)
{
	size_t i, count;

	memset(emission, 0, sizeof(*emission));
	emission->call.counters = &emission->counters;
	count = events[id].fields(&emission->call, fields);
	for (i = 0; i < count; i++)
		if (fields[i].kind == TEXT)
			set_pointer(&fields[i], "");
	return count;
}

/* --- known values ---------------------------------------------------------------- */

/* A value that no other field of any event has.  The top bit is set where it can
 * show mistakes with signs: not in times and counts, which JSON has no room for
 * above 2^63. */
static uint64_t known_number(enum trace_event id, size_t place, size_t size, bool top_bit)
{
	uint64_t value = (uint64_t)(id + 1) << 40 | (uint64_t)(place + 1) << 8 | 0xa5;

	if (size < 8)
		return (value ^ value >> 32) & (((uint64_t)1 << (8 * size)) - 1);
	return top_bit ? value | (uint64_t)1 << 63 : value;
}

static void print_number(const struct field *field, uint64_t value)
{
	unsigned int shift = (unsigned int)(64 - 8 * field->size);

	if (field->values)
		printf("\"%s\"", field->values[value].name);
	else if (field->hex)
		printf("\"0x%llx\"", (unsigned long long)value);
	else if (field->is_signed)
		printf("%lld", (long long)((int64_t)(value << shift) >> shift));
	else
		printf("%llu", (unsigned long long)value);
}

static void known_field_number(const struct field *field, enum trace_event id, size_t place)
{
	uint64_t value = known_number(id, place, field->size, field->hex || field->is_signed);
	const char *run = getenv("DLSCOPE_RUN");
	size_t choices = 0;

	if (run && !strcmp(field->name, "run")) {
		value = strtoul(run, NULL, 10); /* what record's session filters on */
	} else if (field->values) {
		while (field->values[choices].name)
			choices++;
		value = (id + place) % choices;
	} else if (!strcmp(field->name, "schema_version")) {
		value = 1; /* a larger one is refused, as it should be */
	}
	set_number(field, value);
	print_number(field, value);
}

static void known_field_text(const struct field *field, enum trace_event id, size_t place)
{
	char *text = malloc(64);

	snprintf(text, 64, "%s of %s \xc3\xa9 %zu", field->name, events[id].name, place);
	set_pointer(field, text);
	printf("\"%s\"", text);
}

/* Hex bytes are printed as one string, other bytes as an array of words. */
static void known_field_sequence(const struct field *field, enum trace_event id, size_t place)
{
	static const char words[] = "first\0second word\0\0fourth";
	uint64_t *numbers = calloc(4, sizeof(*numbers));
	size_t i;

	if (holds_words(field)) {
		set_pointer(field, words);
		*field->count = sizeof(words);
		printf("[\"first\", \"second word\", \"\", \"fourth\"]");
		return;
	}
	set_pointer(field, numbers);
	*field->count = 4;
	for (i = 0; i < 4; i++) {
		uint64_t value = known_number(id, place + i, field->size, true);

		memcpy((char *)numbers + i * field->size, &value, field->size);
		if (field->size == 1)
			printf("%s%02x", i ? "" : "\"", (unsigned int)value);
		else
			printf("%s\"0x%llx\"", i ? ", " : "[", (unsigned long long)value);
	}
	printf(field->size == 1 ? "\"" : "]");
}

static void emit_known(enum trace_event id)
{
	struct emission emission;
	struct field fields[FIELDS_MAX];
	size_t i, count = emission_init(&emission, id, fields);

	printf("{\"event\": \"%s\"", events[id].name);
	for (i = 0; i < count; i++) {
		printf(", \"%s\": ", fields[i].name);
		if (fields[i].kind == NUMBER)
			known_field_number(&fields[i], id, i);
		else if (fields[i].kind == TEXT)
			known_field_text(&fields[i], id, i);
		else
			known_field_sequence(&fields[i], id, i);
	}
	printf("}\n");
	sink->emit[id](&emission.call);
}

/* --- scripts --------------------------------------------------------------------- */

static unsigned int hex_digit(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static char *unescape(const char *text)
{
	char *result = malloc(strlen(text) + 1), *out = result;

	for (; *text; text++) {
		if (*text == '%' && text[1] && text[2]) {
			*out++ = (char)(hex_digit(text[1]) << 4 | hex_digit(text[2]));
			text += 2;
		} else {
			*out++ = *text;
		}
	}
	*out = 0;
	return result;
}

static void set_words(const struct field *field, const char *value)
{
	char *words = unescape(value), *p;

	*field->count = (uint32_t)strlen(words) + 1;
	for (p = words; *p; p++)
		if (*p == '|')
			*p = 0;
	set_pointer(field, words);
}

static void set_bytes(const struct field *field, const char *value)
{
	uint8_t *bytes = malloc(strlen(value) / 2 + 1);
	uint32_t count = 0;

	for (; value[0] && value[1]; value += 2)
		bytes[count++] = (uint8_t)(hex_digit(value[0]) << 4 | hex_digit(value[1]));
	set_pointer(field, bytes);
	*field->count = count;
}

static void set_numbers(const struct field *field, char *value)
{
	uint64_t *numbers = calloc(SEQUENCE_MAX, sizeof(*numbers));
	char *word, *rest;

	for (word = strtok_r(value, ",", &rest); word; word = strtok_r(NULL, ",", &rest))
		numbers[(*field->count)++] = strtoull(word, NULL, 0);
	set_pointer(field, numbers);
}

static uint64_t parse_number(const struct field *field, const char *value)
{
	const struct enumerator *e;

	for (e = field->values; e && e->name; e++)
		if (!strcmp(e->name, value))
			return e->value;
	return field->is_signed ? (uint64_t)strtoll(value, NULL, 0) : strtoull(value, NULL, 0);
}

/* LTTng reads what a sequence points to when it has reserved room for it: one that is too
 * long for trace_packed.h. */
static void set_nowhere(const struct field *field)
{
	set_pointer(field, (const void *)1);
	*field->count = 8192 / field->size;
}

static void set_field(const struct field *field, char *value)
{
	if (field->kind == SEQUENCE && !strcmp(value, "nowhere"))
		set_nowhere(field);
	else if (field->kind == NUMBER)
		set_number(field, parse_number(field, value));
	else if (field->kind == TEXT)
		set_pointer(field, unescape(value));
	else if (holds_words(field))
		set_words(field, value);
	else if (field->size == 1)
		set_bytes(field, value);
	else
		set_numbers(field, value);
}

static void assign(struct field *fields, size_t count, char *word)
{
	char *value = strchr(word, '=');
	size_t i;

	if (!value)
		die("not FIELD=VALUE:", word);
	*value++ = 0;
	for (i = 0; i < count; i++)
		if (!strcmp(fields[i].name, word)) {
			set_field(&fields[i], value);
			return;
		}
	die("no such field:", word);
}

static enum trace_event find_event(const char *name)
{
	enum trace_event id;

	for (id = 0; id < EVENT_COUNT; id++)
		if (!strcmp(events[id].name, name))
			return id;
	die("no such event:", name);
	return id;
}

/* The consumer polls; it has no way to say that it is done. */
static void drain(void)
{
	usleep(300 * 1000);
}

/* A packet's first bytes, CTF 1.8 section 5.1; a sub-buffer begins on a page. */
static void seal_packets(char *from, const char *end)
{
	static const uint32_t magic = 0xC1FC1FC1;
	long page = sysconf(_SC_PAGESIZE);

	for (; from < end; from += page)
		if (!memcmp(from, &magic, sizeof(magic)) &&
		    mprotect(from, (size_t)page, PROT_READ) != 0)
			die("cannot seal", "a packet");
}

/* Who ends a packet writes to its header: of LTTng's ring buffers, all of which are
 * mapped, the packets that have begun become read-only for this process. */
static void seal(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[LINE_MAX_SIZE], access[5];
	void *from, *end;

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%p-%p %4s", &from, &end, access) == 3 &&
		    !strcmp(access, "rw-s") && strstr(line, "shm-ust"))
			seal_packets(from, end);
	fclose(maps);
	sealed = true;
}

static void emit(enum trace_event id, const struct dl_call *call)
{
	sink->emit[id](call);
	if (sealed && write(STDOUT_FILENO, ".", 1) != 1)
		die("cannot write to", "standard output");
}

static void run_line(char *line)
{
	struct emission emission;
	struct field fields[FIELDS_MAX];
	unsigned long times = 1;
	size_t count;
	char *rest, *word = strtok_r(line, " \t\n", &rest);
	enum trace_event id;

	if (!word || *word == '#')
		return;
	if (!strcmp(word, "drain")) {
		drain();
		return;
	}
	if (!strcmp(word, "seal")) {
		seal();
		return;
	}
	if (!strcmp(word, "repeat")) {
		times = strtoul(strtok_r(NULL, " ", &rest), NULL, 10);
		word = strtok_r(NULL, " \t\n", &rest);
	}
	id = find_event(word);
	count = emission_init(&emission, id, fields);
	while ((word = strtok_r(NULL, " \t\n", &rest)))
		assign(fields, count, word);
	while (times--)
		emit(id, &emission.call);
}

static void run_script(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE_MAX_SIZE];

	if (!file)
		die("cannot open", path);
	while (fgets(line, sizeof(line), file))
		run_line(line);
	fclose(file);
}

/* --- set-up ---------------------------------------------------------------------- */

/* One CPU, one stream file: the events keep the order of the script, and a
 * recorded trace stays small. */
static void stay_on_one_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* LTTng's constructor registers with the session daemon and waits for it, but
 * the events are enabled by its listener thread. */
static void wait_for_session(void)
{
	int tries;

	for (tries = 0; tries < REGISTER_TIMEOUT_S * 1000; tries++) {
		if (*sink->state[EVENT_COUNT - 1])
			return;
		usleep(1000);
	}
	die("no session records", "dlscope:*");
}

int main(int argc, char **argv)
{
	const char *provider = getenv("PROVIDER");
	enum trace_event id;

	stay_on_one_cpu();
	if (!sink && (!provider || !dlopen(provider, RTLD_NOW)))
		die("cannot load the provider:", provider ? dlerror() : "PROVIDER is not set");
	if (!sink)
		die("the provider did not attach:", provider);
	wait_for_session();
	if (argc == 2 && !strcmp(argv[1], "--known"))
		for (id = 0; id < EVENT_COUNT; id++)
			emit_known(id);
	else if (argc == 3 && !strcmp(argv[1], "--script"))
		run_script(argv[2]);
	else
		die("usage: emit_events --known |", "--script FILE");
	return fflush(stdout) ? 1 : 0;
}
