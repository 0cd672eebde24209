/* SPDX-License-Identifier: MIT */
/*
 * doctor: programs that gain privileges when they start.  The kernel tells their
 * loader (AT_SECURE), and that ignores LD_PRELOAD where it names a path.
 *
 * The rules are those of cap_bprm_creds_from_file() in security/commoncap.c
 * (Linux 5.8 to 6.x): an effective user or group other than the real one, or, for
 * all but root, capabilities from the file.
 */
#include "doctor_program.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char on_nosuid[] = "is on a file system mounted nosuid";

/* Why the file's grants do not count, or NULL when they do. */
static const char *why_ignored(const char *path)
{
	struct statvfs status;

	if (statvfs(path, &status) == 0 && status.f_flag & ST_NOSUID)
		return on_nosuid;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return "is started with no_new_privs";
	return NULL;
}

static void check_ids(struct doctor *doctor, const char *path, const struct stat *status,
		      const char *ignored)
{
	bool setuid = status->st_mode & S_ISUID;
	/* without x for the group it means mandatory locking */
	bool setgid = (status->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);

	if ((setuid || setgid) && ignored) {
		doctor_find(doctor, CHECK_privileges_ignored, "%s (mode %04o) %s", path,
			    status->st_mode & 07777, ignored);
		doctor_pass(doctor, CHECK_setuid, "%s %s", path, ignored);
	} else if (setuid && status->st_uid != getuid())
		doctor_find(doctor, CHECK_setuid, "%s is setuid (mode %04o, owner %u)", path,
			    status->st_mode & 07777, status->st_uid);
	else if (setgid && status->st_gid != getgid())
		doctor_find(doctor, CHECK_setuid, "%s is setgid (mode %04o, group %u)", path,
			    status->st_mode & 07777, status->st_gid);
	else
		doctor_pass(doctor, CHECK_setuid, "%s has mode %04o, owner %u, group %u", path,
			    status->st_mode & 07777, status->st_uid, status->st_gid);
}

/* The permitted set of the file, 0 for none; *effective is its flag. */
static uint64_t file_capabilities(const char *path, bool *effective)
{
	struct vfs_ns_cap_data data;
	ssize_t size;

	memset(&data, 0, sizeof(data));
	size = getxattr(path, "security.capability", &data, sizeof(data));
	*effective = false;
	if (size < (ssize_t)XATTR_CAPS_SZ_1)
		return 0;
	*effective = GUINT32_FROM_LE(data.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE;
	return (uint64_t)GUINT32_FROM_LE(data.data[1].permitted) << 32 |
	       GUINT32_FROM_LE(data.data[0].permitted);
}

/* no_new_privs takes the capabilities away, but the program still starts as one
 * that has gained some. */
static void check_capabilities(struct doctor *doctor, const char *path, const char *ignored)
{
	bool effective;
	uint64_t permitted = file_capabilities(path, &effective);

	if (!permitted && !effective) {
		doctor_pass(doctor, CHECK_capabilities, "%s has no security.capability", path);
		return;
	}
	if (ignored == on_nosuid) {
		doctor_find(doctor, CHECK_privileges_ignored, "%s (capabilities %#llx) %s", path,
			    (unsigned long long)permitted, ignored);
		doctor_pass(doctor, CHECK_capabilities, "%s %s", path, ignored);
	} else if (getuid() == 0)
		doctor_pass(doctor, CHECK_capabilities,
			    "%s has capabilities %#llx, which do not count for root", path,
			    (unsigned long long)permitted);
	else
		doctor_find(doctor, CHECK_capabilities, "%s has capabilities %#llx%s", path,
			    (unsigned long long)permitted, effective ? ", effective" : "");
}

void doctor_privileges(struct doctor *doctor, const char *path)
{
	const char *ignored = why_ignored(path);
	struct stat status;

	if (stat(path, &status) < 0)
		return;
	check_ids(doctor, path, &status, ignored);
	check_capabilities(doctor, path, ignored);
}
