/* SPDX-License-Identifier: MIT */
/*
 * The parser and the help texts, both made from options.def and commands.def.
 */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"

struct command {
	const char *verb;
	command_fn *run;
	const char *summary;
};

static const struct command commands[] = {
#define COMMAND(verb_, function_, summary_) { verb_, function_, summary_ },
#include "commands.def"
#undef COMMAND
};

enum {
#define COMMAND(verb, function, summary) INDEX_##function,
#include "commands.def"
#undef COMMAND
	COMMAND_COUNT
};

/* The names that options.def uses for its sets of verbs. */
enum verb_set {
	RUN = 1 << INDEX_cmd_run,
	RECORD = 1 << INDEX_cmd_record,
	REPORT = 1 << INDEX_cmd_report,
	EVENTS = 1 << INDEX_cmd_events,
	DOCTOR = 1 << INDEX_cmd_doctor,
};

enum option_type { FLAG, TEXT, COUNT, TIME, CHOICE };

struct option_row {
	enum option_type type;
	size_t offset;
	const char *long_name;
	int short_name;
	const char *argument;
	unsigned int verbs;
	const char *text;
};

static const struct option_row rows[] = {
#define OPTION(field, type, init, long_name, short_name, argument, verbs, text) \
	{ type, offsetof(struct options, field), long_name, short_name, argument, verbs, text },
#include "options.def"
#undef OPTION
};

enum {
	ROW_COUNT = sizeof(rows) / sizeof(rows[0]),
	LONG_BASE = 256, /* getopt's value of a long option: LONG_BASE + row */
	USAGE_WIDTH = 80,
	USAGE_INDENT = 26,
};

void options_init(struct options *options)
{
	*options = (struct options){
		.verb = NULL,
#define OPTION(field, type, init, long_name, short_name, argument, verbs, text) .field = init,
#include "options.def"
#undef OPTION
	};
}

bool options_parse_time(const char *text, uint64_t *ns)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	char *end;

	/* strtod() also takes signs, blanks, "inf" and hexadecimal. */
	if (!isdigit((unsigned char)*text) || strpbrk(text, "xXpP"))
		return false;
	double value = strtod(text, &end);
	if (value == 0 && *end == '\0') {
		*ns = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].suffix) != 0)
			continue;
		value = value * units[i].factor + 0.5;
		if (value > 9e18)
			return false;
		*ns = (uint64_t)value;
		return true;
	}
	return false;
}

static bool parse_count(const char *text, uint64_t *count)
{
	if (*text == '\0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 18)
		return false;
	*count = strtoull(text, NULL, 10);
	return true;
}

/* The error every wrong command line ends in. */
#define usage_error(format, ...) error_create(format "; try 'dlscope --help'", ##__VA_ARGS__)

static struct error *store_value(struct options *options, const struct option_row *row,
				 const char *argument)
{
	void *member = (char *)options + row->offset;

	switch (row->type) {
	case FLAG: *(bool *)member = true; return NULL;
	case TEXT:
	case CHOICE:
		if (*argument == '\0')
			return usage_error("option --%s needs a value", row->long_name);
		*(const char **)member = argument;
		return NULL;
	case COUNT:
		if (!parse_count(argument, member))
			return usage_error("option --%s needs a number, not '%s'", row->long_name,
					   argument);
		return NULL;
	case TIME:
		if (!options_parse_time(argument, member))
			return usage_error(
				"option --%s needs a time such as 5us, 1.5ms or 2s, not '%s'",
				row->long_name, argument);
		return NULL;
	}
	return NULL;
}

static const char *verb_title(const struct command *verb)
{
	return *verb->verb ? verb->verb : "dlscope -- CMD";
}

static struct error *take_option(struct options *options, const struct option_row *row,
				 const char *argument)
{
	if (!(row->verbs & (1u << (options->verb - commands))))
		return usage_error("option --%s is not for '%s'", row->long_name,
				   verb_title(options->verb));
	return store_value(options, row, argument);
}

static const struct option_row *find_row(int value)
{
	if (value >= LONG_BASE && value < LONG_BASE + ROW_COUNT)
		return &rows[value - LONG_BASE];
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].short_name == value && value)
			return &rows[i];
	return NULL;
}

/* getopt's two tables.  The leading '+' stops at the first argument that is no
 * option: what follows belongs to CMD. */
static void build_getopt_tables(bool stop_at_operand, struct option *longs, char *shorts)
{
	if (stop_at_operand)
		*shorts++ = '+';
	*shorts++ = ':';
	*shorts++ = 'h';
	*shorts++ = 'V';
	for (size_t i = 0; i < ROW_COUNT; i++) {
		int has_argument = rows[i].argument ? required_argument : no_argument;

		longs[i] = (struct option){ rows[i].long_name, has_argument, NULL,
					    LONG_BASE + (int)i };
		if (!rows[i].short_name)
			continue;
		*shorts++ = (char)rows[i].short_name;
		if (has_argument == required_argument)
			*shorts++ = ':';
	}
	*shorts = '\0';
	longs[ROW_COUNT] = (struct option){ "help", no_argument, NULL, 'h' };
	longs[ROW_COUNT + 1] = (struct option){ "version", no_argument, NULL, 'V' };
	longs[ROW_COUNT + 2] = (struct option){ NULL, 0, NULL, 0 };
}

static struct error *bad_option(int value, char **argv)
{
	const struct option_row *row = find_row(optopt);

	if (value == ':' && row)
		return usage_error("option --%s needs a value", row->long_name);
	if (row)
		return usage_error("option --%s takes no value", row->long_name);
	if (optopt && optopt < LONG_BASE && isprint(optopt))
		return usage_error("unknown option -%c", optopt);
	return usage_error("unknown or ambiguous option %s", argv[optind - 1]);
}

/* What follows the options is a program, not a list of directories. */
static bool takes_program(const struct options *options)
{
	return options_runs_program(options) || options->verb->run == cmd_doctor;
}

/* Reads the options behind argv[0]; optind is then the first operand. */
static struct error *parse_options(int argc, char **argv, struct options *options)
{
	struct option longs[ROW_COUNT + 3];
	char shorts[2 * ROW_COUNT + 8];

	build_getopt_tables(takes_program(options), longs, shorts);
	opterr = 0;
	optind = 0; /* glibc: start over, and read the '+' */
	for (;;) {
		int value = getopt_long(argc, argv, shorts, longs, NULL);
		const struct option_row *row;

		if (value == -1)
			return NULL;
		if (value == 'h' || value == 'V') {
			*(value == 'h' ? &options->help : &options->version) = true;
			return NULL;
		}
		row = value == '?' || value == ':' ? NULL : find_row(value);
		if (!row)
			return bad_option(value, argv);
		RETURN_IF_ERROR(take_option(options, row, optarg));
	}
}

/* Edits (insert, delete, replace) that turn one word into the other. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[32], length = strlen(b);

	if (length >= 32)
		return SIZE_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; *a; a++, i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t best = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			if (best > row[j] + 1)
				best = row[j] + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[length];
}

static struct error *unknown_verb(const char *word)
{
	const struct command *nearest = NULL;
	size_t distance = 3; /* further than two edits is no suggestion */

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		size_t d = *commands[i].verb ? edit_distance(word, commands[i].verb) : SIZE_MAX;

		if (d < distance) {
			distance = d;
			nearest = &commands[i];
		}
	}
	if (nearest)
		return usage_error("unknown verb '%s', did you mean '%s'?", word, nearest->verb);
	return usage_error("unknown verb '%s' (to trace a program: dlscope -- %s)", word, word);
}

static struct error *find_verb(const char *word, const struct command **verb)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(word, commands[i].verb) == 0) {
			*verb = &commands[i];
			return NULL;
		}
	}
	return unknown_verb(word);
}

bool options_runs_program(const struct options *options)
{
	return options->verb && (options->verb->run == cmd_run || options->verb->run == cmd_record);
}

static struct error *take_operands(int argc, char **argv, struct options *options)
{
	if (!takes_program(options)) {
		options->dirs = (const char *const *)&argv[optind];
		options->dir_count = (size_t)(argc - optind);
		return NULL;
	}
	if (optind == argc && options->verb->run == cmd_doctor)
		return NULL;
	if (optind == argc)
		return usage_error("%s needs a program to run: dlscope %s%s-- CMD ...",
				   verb_title(options->verb), options->verb->verb,
				   *options->verb->verb ? " " : "");
	options->command = &argv[optind];
	return NULL;
}

struct error *options_parse(int argc, char **argv, struct options *options)
{
	options_init(options);
	if (argc < 2)
		return usage_error("nothing to do");

	options->verb = &commands[INDEX_cmd_run];
	if (argv[1][0] != '-') {
		options->verb = NULL;
		RETURN_IF_ERROR(find_verb(argv[1], &options->verb));
		argc--;
		argv++;
	}
	RETURN_IF_ERROR(parse_options(argc, argv, options));
	if (options->help || options->version)
		return NULL;
	return take_operands(argc, argv, options);
}

int options_dispatch(const struct options *options)
{
	return options->verb->run(options);
}

/* Prints text from `column` on, broken at blanks and indented. */
static void print_wrapped(const char *text, size_t column, FILE *out)
{
	if (column + 1 >= USAGE_INDENT) {
		fputc('\n', out);
		column = 0;
	}
	fprintf(out, "%*s", (int)(USAGE_INDENT - column), "");
	column = USAGE_INDENT;
	while (*text) {
		size_t length = strcspn(text, " ");

		if (column + length >= USAGE_WIDTH && column > USAGE_INDENT) {
			fprintf(out, "\n%*s", USAGE_INDENT, "");
			column = USAGE_INDENT;
		}
		fprintf(out, "%.*s", (int)length, text);
		text += length;
		column += length;
		if (*text == ' ') {
			fputc(' ', out);
			text++;
			column++;
		}
	}
	fputc('\n', out);
}

static void print_option(const struct option_row *row, FILE *out)
{
	int column;

	if (row->short_name)
		column = fprintf(out, "  -%c, --%s", row->short_name, row->long_name);
	else
		column = fprintf(out, "      --%s", row->long_name);
	if (row->argument)
		column += fprintf(out, " %s", row->argument);
	print_wrapped(row->text, (size_t)column, out);
}

static void print_usage_line(const struct command *verb, FILE *out)
{
	const char *space = *verb->verb ? " " : "";

	if (verb->run == cmd_run || verb->run == cmd_record)
		fprintf(out, "  dlscope%s%s [OPTION]... -- CMD [ARG]...\n", space, verb->verb);
	else if (verb->run == cmd_doctor)
		fprintf(out, "  dlscope %s [OPTION]... [-- CMD [ARG]...]\n", verb->verb);
	else
		fprintf(out, "  dlscope%s%s [OPTION]... [DIR]...\n", space, verb->verb);
}

void options_print_help(const struct options *options, FILE *out)
{
	size_t index = (size_t)(options->verb - commands);

	fputs("Usage:\n", out);
	if (index != INDEX_cmd_run) {
		print_usage_line(options->verb, out);
		fprintf(out, "\n%c%s.\n", toupper((unsigned char)*options->verb->summary),
			options->verb->summary + 1);
	} else {
		for (size_t i = 0; i < COMMAND_COUNT; i++) {
			print_usage_line(&commands[i], out);
			print_wrapped(commands[i].summary, 0, out);
		}
		fputs("\n'dlscope VERB --help' lists the options of one verb; without a verb:\n",
		      out);
	}
	fputs("\nOptions:\n", out);
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].verbs & (1u << index))
			print_option(&rows[i], out);
	fputs("  -h, --help              print this text\n"
	      "  -V, --version           print the version\n",
	      out);
}
