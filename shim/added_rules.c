/* SPDX-License-Identifier: MIT */
/* Reading a user's rules, without stdio and malloc: see added_rules.h.  The analyzer,
 * which has told what is wrong with them already when it records, checks more. */
#include "added_rules.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conventions.h"
#include "rule_file.h"
#include "runtimes.h"
#include "say.h"

static char *digits_of(unsigned number, char digits[12])
{
	char *at = digits + 11;
	*at = '\0';
	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	return at;
}

static void say_wrong(const char *path, const struct rule_cell *where, const char *problem)
{
	char line[12], column[12];
	say(path, ":", digits_of(where->line, line), ":", digits_of(where->column, column), ": ",
	    problem, "; the rules from there on are not used: see libdlscope(7)", NULL);
}

/* The file, in memory that stays: the rules point into it.  By system calls: read() and
 * close() are the program's, or the shim's own. */
static char *read_file(const char *path)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	char *text = (char *)mmap(NULL, RULE_FILE_MAX + 1, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long size = 0, got = 1;
	while (text != MAP_FAILED && size < RULE_FILE_MAX && got > 0) {
		got = syscall(SYS_read, fd, text + size, RULE_FILE_MAX - size);
		size += got > 0 ? got : 0;
	}
	syscall(SYS_close, fd);
	return text == MAP_FAILED || got < 0 ? NULL : text;
}

static bool add(struct rule_row *row, const struct rule_cell **wrong, const char **problem)
{
	struct rule_cell *cells = row->cells;
	*wrong = &cells[0];
	*problem = "there is one with this id";
	if (row->is_runtime ? runtime_by_id(cells[0].text) != RUNTIME_none
			    : convention_by_id(cells[0].text) != NULL)
		return false;
	if (row->is_runtime) {
		*problem = "no room for another runtime";
		return runtimes_add(cells[0].text, cells[2].text, cells[3].text, cells[4].text);
	}
	uint8_t runtime = runtime_by_id(cells[1].text), front = runtime_by_id(cells[3].text);
	*wrong = &cells[runtime == RUNTIME_none ? 1 : 0];
	*problem = runtime == RUNTIME_none ? "no such runtime" : "no room for another rule";
	return runtime != RUNTIME_none &&
	       convention_add(cells[0].text, cells[2].text, runtime, front);
}

void added_rules_read(const char *path)
{
	char *text = read_file(path);
	struct rule_file file;
	struct rule_row row;
	if (!text) {
		say("DLSCOPE_CONVENTIONS=", path, " cannot be read", NULL);
		return;
	}
	rule_file_open(&file, text);
	while (rule_file_next(&file, &row)) {
		const struct rule_cell *wrong;
		const char *problem;
		if (!add(&row, &wrong, &problem)) {
			say_wrong(path, wrong, problem);
			return;
		}
	}
	if (file.problem)
		say_wrong(path, &file.wrong, file.problem);
}
