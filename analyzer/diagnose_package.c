/* SPDX-License-Identifier: MIT */
/*
 * Packages that bring what is missing or damaged.
 */
#include <unistd.h>

#include "debian_package.h"
#include "diagnose.h"
#include "model_internal.h"

/* dpkg-query takes some 50 ms for an answer, apt-file a second or two. */
enum { QUESTIONS = 16, APT_QUESTIONS = 3 };

static void hint(struct diagnosis *diagnosis, const char *command, const char *package)
{
	g_autofree char *text = g_strdup_printf("%s %s", command, package);

	diagnosis->failure->hint = model_intern(diagnosis->model, text);
}

static void tell_installed(struct diagnosis *diagnosis, const struct debian_file *file)
{
	bool there = access(file->path, F_OK) == 0;

	if (there) {
		failure_shows(diagnosis->model, diagnosis->failure,
			      "the package %s has it as %s, where the loader does not look",
			      file->package, file->path);
		return;
	}
	failure_shows(diagnosis->model, diagnosis->failure, "%s of the package %s is gone",
		      file->path, file->package);
	hint(diagnosis, "apt-get install --reinstall", file->package);
}

static void ask_apt(struct diagnosis *diagnosis, const char *name)
{
	struct debian_file file = debian_available_name(name);
	g_autofree char *named = file.package ? NULL : debian_named_for(name);

	if (file.package) {
		failure_shows(diagnosis->model, diagnosis->failure,
			      "the package %s, which is not installed, has it", file.package);
		hint(diagnosis, "apt-get install", file.package);
	} else if (named) {
		failure_shows(diagnosis->model, diagnosis->failure,
			      "the package %s, which is not installed, has it by its name", named);
	}
	debian_file_clear(&file);
}

void diagnose_package_of_missing(struct diagnosis *diagnosis, const char *name)
{
	unsigned int asked = diagnosis->model->package_questions++;
	struct debian_file file = { NULL, NULL };

	if (asked < QUESTIONS)
		file = *name == '/' ? debian_installed_path(name) : debian_installed_name(name);
	if (file.package)
		tell_installed(diagnosis, &file);
	else if (*name != '/' && asked < APT_QUESTIONS)
		ask_apt(diagnosis, name);
	debian_file_clear(&file);
}

void diagnose_package_of_damaged(struct diagnosis *diagnosis, const char *path)
{
	struct debian_file file = { NULL, NULL };

	if (diagnosis->model->package_questions++ < QUESTIONS)
		file = debian_installed_path(path);
	if (file.package) {
		failure_shows(diagnosis->model, diagnosis->failure, "%s belongs to the package %s",
			      path, file.package);
		hint(diagnosis, "apt-get install --reinstall", file.package);
	}
	debian_file_clear(&file);
}
