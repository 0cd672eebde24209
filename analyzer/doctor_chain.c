/* SPDX-License-Identifier: MIT */
/*
 * doctor: what running CMD really executes.
 *
 * A script is its interpreter to the kernel, which may be a script again; env(1)
 * starts what its arguments name, with an environment that they change.
 */
#include "doctor_program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "program.h"
#include "text.h"

enum {
	SCRIPT_DEPTH = 5,  /* fs/exec.c: one interpreter more is ELOOP (Linux 4.14 to 6.x) */
	CHAIN_LENGTH = 32, /* env env env ... */
	FIRST_LINE = 256,  /* BINPRM_BUF_SIZE, since Linux 5.1 */
};

static const struct {
	const char *name;
	enum check check;
	const char *remedy;
} wrappers[] = {
#define WRAPPER(name, check, remedy) { name, CHECK_##check, remedy },
#include "doctor_wrappers.def"
#undef WRAPPER
};

static void note_wrapper(struct doctor *doctor, const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
		if (strcmp(text_basename(path), wrappers[i].name) != 0)
			continue;
		if (wrappers[i].remedy)
			doctor_find_remedy(doctor, wrappers[i].check, wrappers[i].remedy,
					   "%s, by its name", path);
		else
			doctor_find(doctor, wrappers[i].check, "%s, by its name", path);
	}
}

/* --- env ------------------------------------------------------------------------- */

static const char *operand_of(const char *word, char letter, const char *name)
{
	size_t length = strlen(name);

	if (word[0] == '-' && word[1] == letter)
		return word + 2;
	if (strncmp(word, name, length) == 0 && word[length] == '=')
		return word + length + 1;
	return strcmp(word, name) == 0 ? "" : NULL;
}

static void note_dropped(struct doctor *doctor, const char *path, const char *how)
{
	doctor_find(doctor, CHECK_environment, "%s %s", path, how);
}

struct env_call {
	const char *path;
	GPtrArray *words; /* char *: its arguments; -S adds to them */
	guint next;
	bool unknown; /* an option that we do not know */
};

/* env -S "WORDS": blanks split it; more than that we do not do. */
static void split_string(struct env_call *call, const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
	guint at = call->next;

	if (strpbrk(text, "\"'\\$#")) {
		call->unknown = true;
		return;
	}
	for (char **word = words; *word; word++)
		if (**word)
			g_ptr_array_insert(call->words, (gint)at++, g_strdup(*word));
}

/* An option with a value: "-uNAME", "-u NAME", "--unset=NAME"; NULL when `word`
 * is another option. */
static const char *take_value(struct env_call *call, const char *word, char letter,
			      const char *name)
{
	const char *value = operand_of(word, letter, name);

	if (!value || *value)
		return value;
	return call->next < call->words->len ? call->words->pdata[call->next++] : "";
}

static void take_env_option(struct doctor *doctor, struct env_call *call, const char *word)
{
	const char *value;

	if (!strcmp(word, "-") || !strcmp(word, "-i") || !strcmp(word, "--ignore-environment"))
		note_dropped(doctor, call->path, "drops the whole environment (-i)");
	else if ((value = take_value(call, word, 'u', "--unset"))) {
		if (!strcmp(value, "LD_PRELOAD"))
			note_dropped(doctor, call->path, "drops LD_PRELOAD (-u)");
	} else if ((value = take_value(call, word, 'S', "--split-string")))
		split_string(call, value);
	else if (!take_value(call, word, 'C', "--chdir") && strcmp(word, "-v") &&
		 strcmp(word, "--debug"))
		call->unknown = true;
}

/* Reads to the command; the words from call.next on are it and its arguments. */
static void read_env_call(struct doctor *doctor, struct env_call *call)
{
	bool options = true;

	while (call->next < call->words->len && !call->unknown) {
		const char *word = call->words->pdata[call->next];

		if (options && *word == '-') {
			call->next++;
			options = strcmp(word, "--") != 0;
			if (options)
				take_env_option(doctor, call, word);
		} else if (strchr(word, '=')) {
			call->next++;
			options = false;
			if (g_str_has_prefix(word, "LD_PRELOAD="))
				note_dropped(doctor, call->path, "replaces LD_PRELOAD");
		} else {
			return;
		}
	}
}

static GPtrArray *follow_env(struct doctor *doctor, const char *path, GPtrArray *words)
{
	struct env_call call = { path, words, 1, false };

	read_env_call(doctor, &call);
	if (call.unknown)
		doctor_find(doctor, CHECK_launcher,
			    "%s has an option that doctor does not understand", path);
	else if (call.next < words->len) {
		g_ptr_array_remove_range(words, 0, call.next);
		return words;
	}
	return NULL;
}

/* --- scripts ----------------------------------------------------------------------- */

/* The first line without "#!", or NULL; *text is false for a binary format. */
static char *read_script_line(const char *path, bool *text, bool *elf)
{
	char line[FIRST_LINE + 1];

	*elf = *text = false;
	if (!files_read_text(path, line, sizeof(line)))
		return NULL;
	*elf = memcmp(line, "\177ELF", 4) == 0;
	*text = *line && !strpbrk(line, "\177");
	line[strcspn(line, "\n")] = '\0';
	return strncmp(line, "#!", 2) == 0 ? g_strdup(g_strstrip(line + 2)) : NULL;
}

/* The words become: INTERPRETER [ARGUMENT] SCRIPT ARGUMENT... */
static void substitute_interpreter(GPtrArray *words, const char *path, char *line)
{
	size_t length = strcspn(line, " \t");
	const char *argument = line + length + strspn(line + length, " \t");

	g_free(words->pdata[0]);
	words->pdata[0] = g_strdup(path);
	if (*argument)
		g_ptr_array_insert(words, 0, g_strdup(argument));
	g_ptr_array_insert(words, 0, g_strndup(line, length));
}

/* --- one after the other --------------------------------------------------------- */

static struct error *find_next(struct doctor *doctor, const char *name, bool script)
{
	char *path = NULL;
	int status;

	/* the kernel does not search PATH for an interpreter */
	if (script && !strchr(name, '/') && access(name, X_OK) < 0)
		return error_create("cannot run '%s': it is no path", name);
	RETURN_IF_ERROR(program_find(name, &path, &status));
	g_ptr_array_add(doctor->files, g_strdup(path));
	free(path);
	return NULL;
}

/* The words to execute after `path`, or NULL when it is the last. */
static GPtrArray *follow(struct doctor *doctor, const char *path, GPtrArray *words, bool *script)
{
	bool text, elf;
	g_autofree char *line = read_script_line(path, &text, &elf);

	*script = line != NULL;
	if (line && *line) {
		substitute_interpreter(words, path, line);
		return words;
	}
	if (!elf && access(path, R_OK) == 0)
		doctor_find(
			doctor, CHECK_format,
			text ? "%s has no #! line: a shell or binfmt_misc(5) decides what runs it"
			     : "%s is neither ELF nor text",
			path);
	else if (elf)
		doctor_pass(doctor, CHECK_format, "%s is ELF", path);
	note_wrapper(doctor, path);
	return elf && !strcmp(text_basename(path), "env") ? follow_env(doctor, path, words) : NULL;
}

static void follow_all(struct doctor *doctor, GPtrArray *words)
{
	unsigned int depth = 0;
	bool script;

	while (doctor->files->len < CHAIN_LENGTH) {
		const char *path = doctor->files->pdata[doctor->files->len - 1];
		_cleanup_error_ struct error *err = NULL;

		words = follow(doctor, path, words, &script);
		if (!words)
			return;
		depth = script ? depth + 1 : 0;
		if (depth > SCRIPT_DEPTH) {
			doctor_find(doctor, CHECK_interpreter,
				    "%s is script number %u in a row, the kernel follows %u", path,
				    depth, SCRIPT_DEPTH);
			return;
		}
		err = find_next(doctor, words->pdata[0], script);
		if (err) {
			doctor_find(doctor, CHECK_interpreter, "%s: %s", path, error_message(err));
			return;
		}
		doctor_pass(doctor, CHECK_interpreter, "%s runs %s", path,
			    (char *)doctor->files->pdata[doctor->files->len - 1]);
	}
}

struct error *doctor_chain(struct doctor *doctor)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (char *const *word = doctor->options->command; *word; word++)
		g_ptr_array_add(words, g_strdup(*word));
	RETURN_IF_ERROR(find_next(doctor, words->pdata[0], false));
	follow_all(doctor, words);
	return NULL;
}
