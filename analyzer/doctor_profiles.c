/* SPDX-License-Identifier: MIT */
/*
 * doctor: security modules that confine the program.
 *
 * AppArmor attaches profiles by path.  The kernel shows each with the pattern it
 * is attached by, variables expanded: policy/profiles/NAME.N/{name,attach,mode}.
 */
#include "doctor_program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "cleanup.h"
#include "files.h"

#define POLICY		 "/sys/kernel/security/apparmor/policy/profiles"
#define APPARMOR_ENABLED "/sys/module/apparmor/parameters/enabled"
#define PROFILE_SOURCES	 "/etc/apparmor.d"
#define SELINUX_ENFORCE	 "/sys/fs/selinux/enforce"

/* --- AppArmor -------------------------------------------------------------------- */

/* AppArmor's pattern as a regular expression: * and ? stop at '/', ** does not. */
static char *pattern_to_regex(const char *pattern)
{
	GString *regex = g_string_new("^");
	unsigned int braces = 0;

	for (const char *c = pattern; *c; c++) {
		if (c[0] == '*' && c[1] == '*') {
			g_string_append(regex, ".*");
			c++;
		} else if (*c == '*' || *c == '?') {
			g_string_append(regex, *c == '*' ? "[^/]*" : "[^/]");
		} else if (*c == '{' || (*c == '}' && braces)) {
			braces += *c == '{' ? 1 : -1u;
			g_string_append(regex, *c == '{' ? "(?:" : ")");
		} else if (*c == ',' && braces) {
			g_string_append_c(regex, '|');
		} else if (strchr(".+()|^$}", *c)) {
			g_string_append_printf(regex, "\\%c", *c);
		} else {
			g_string_append_c(regex, *c);
		}
	}
	g_string_append_c(regex, '$');
	return g_string_free(regex, FALSE);
}

static bool pattern_matches(const char *pattern, const char *path)
{
	g_autofree char *regex = pattern_to_regex(pattern);

	return *pattern == '/' && g_regex_match_simple(regex, path, G_REGEX_RAW, 0);
}

static void read_member(const char *profile, const char *member, char *text, size_t size)
{
	g_autofree char *path = g_build_filename(POLICY, profile, member, NULL);

	if (!files_read_text(path, text, size))
		*text = '\0';
	g_strchomp(text);
}

static bool check_profile(struct doctor *doctor, const char *entry, const char *path)
{
	char attach[4096], name[512], mode[32];

	read_member(entry, "attach", attach, sizeof(attach));
	if (!pattern_matches(attach, path))
		return false;
	read_member(entry, "name", name, sizeof(name));
	read_member(entry, "mode", mode, sizeof(mode));
	if (strcmp(mode, "enforce") == 0 || strcmp(mode, "kill") == 0)
		doctor_find(doctor, CHECK_apparmor, "%s is confined by %s (%s, attached to %s)",
			    path, name, mode, attach);
	else
		doctor_pass(doctor, CHECK_apparmor, "%s has the profile %s, in mode %s", path, name,
			    mode);
	return true;
}

/* Without the kernel's list: a source named for the path, as is usual. */
static void check_source(struct doctor *doctor, const char *path)
{
	g_autofree char *dotted = g_strdelimit(g_strdup(path + 1), "/", '.');
	g_autofree char *source = g_build_filename(PROFILE_SOURCES, dotted, NULL);
	char enabled[8] = "";

	if (!files_read_text(APPARMOR_ENABLED, enabled, sizeof(enabled)) || *enabled != 'Y')
		doctor_pass(doctor, CHECK_apparmor, "AppArmor is not enabled");
	else if (access(source, F_OK) == 0)
		doctor_find(doctor, CHECK_apparmor, "%s has a profile in %s", path, source);
	else
		doctor_pass(doctor, CHECK_apparmor, "there is no %s (%s cannot be read)", source,
			    POLICY);
}

static void check_apparmor(struct doctor *doctor, const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(POLICY);
	struct dirent *entry;
	bool attached = false;

	if (!dir) {
		check_source(doctor, path);
		return;
	}
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.')
			attached |= check_profile(doctor, entry->d_name, path);
	if (!attached)
		doctor_pass(doctor, CHECK_apparmor, "no profile in %s is attached to %s", POLICY,
			    path);
}

/* --- SELinux --------------------------------------------------------------------- */

static void check_selinux(struct doctor *doctor, const char *path)
{
	char enforce[8] = "", label[256] = "";
	ssize_t size;

	if (!files_read_text(SELINUX_ENFORCE, enforce, sizeof(enforce)) || *enforce != '1') {
		doctor_pass(doctor, CHECK_selinux, "SELinux is not enforcing");
		return;
	}
	size = getxattr(path, "security.selinux", label, sizeof(label) - 1);
	label[MAX(size, 0)] = '\0';
	doctor_find(doctor, CHECK_selinux, "SELinux is enforcing, %s has the label %s", path,
		    *label ? label : "(none)");
}

void doctor_profiles(struct doctor *doctor, const char *path)
{
	_cleanup_free_ char *resolved = realpath(path, NULL);

	if (!resolved)
		return;
	check_apparmor(doctor, resolved);
	check_selinux(doctor, resolved);
}
