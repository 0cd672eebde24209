/* SPDX-License-Identifier: MIT */
/*
 * doctor: the C library, the kernel, and what programs inherit from us.
 */
#include "doctor.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "buffers.h"
#include "descriptors.h"
#include "cleanup.h"
#include "files.h"

static void check_glibc(struct doctor *doctor)
{
	g_ptr_array_add(doctor->versions, g_strdup_printf("glibc %s", gnu_get_libc_version()));
	if (dlsym(RTLD_DEFAULT, "_dl_find_object"))
		doctor_pass(doctor, CHECK_glibc, "glibc %s defines _dl_find_object",
			    gnu_get_libc_version());
	else
		doctor_find(doctor, CHECK_glibc, "glibc %s does not define _dl_find_object",
			    gnu_get_libc_version());
}

static void check_kernel(struct doctor *doctor)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	struct utsname name;
	void *page = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	uname(&name);
	g_ptr_array_add(doctor->versions, g_strdup_printf("%s %s", name.sysname, name.release));
	if (page == MAP_FAILED)
		return;
	if (madvise(page, size, MADV_WIPEONFORK) == 0)
		doctor_pass(doctor, CHECK_kernel, "madvise(MADV_WIPEONFORK) works on %s %s",
			    name.sysname, name.release);
	else
		doctor_find(doctor, CHECK_kernel, "madvise(MADV_WIPEONFORK) fails on %s %s",
			    name.sysname, name.release);
	munmap(page, size);
}

/* The value of a line of /proc/self/status, or NULL (older kernels). */
static char *own_status(const char *field)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/status", "re");
	size_t length = strlen(field);
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, field, length) == 0 && line[length] == ':')
			return g_strdup(g_strstrip(line + length + 1));
	return NULL;
}

/* Linux 6.6 shows the line, glibc 2.39 can turn them on. */
static void check_shadow_stack(struct doctor *doctor)
{
	g_autofree char *features = own_status("x86_Thread_features");

	if (features && strstr(features, "shstk"))
		doctor_find(doctor, CHECK_shadow_stack,
			    "x86_Thread_features of /proc/self/status: %s", features);
	else
		doctor_pass(doctor, CHECK_shadow_stack,
			    "no shstk in x86_Thread_features of "
			    "/proc/self/status");
}

static void check_seccomp(struct doctor *doctor)
{
	g_autofree char *mode = own_status("Seccomp");

	if (mode && strcmp(mode, "0") != 0)
		doctor_find(doctor, CHECK_seccomp,
			    "Seccomp of /proc/self/status is %s, which "
			    "children inherit",
			    mode);
	else
		doctor_pass(doctor, CHECK_seccomp, "Seccomp of /proc/self/status is %s",
			    mode ? mode : "absent");
}

static void check_confined(struct doctor *doctor)
{
	char label[256] = "";
	bool readable = files_read_text("/proc/self/attr/current", label, sizeof(label));

	g_strchomp(label);
	if (readable && *label && strcmp(label, "unconfined") != 0 &&
	    !strstr(label, "unconfined_t"))
		doctor_find(doctor, CHECK_confined, "/proc/self/attr/current is %s", label);
	else
		doctor_pass(doctor, CHECK_confined, "/proc/self/attr/current is %s",
			    *label ? label : "empty");
}

/* Variables that programs inherit: tracer and LTTng read them. */
static void check_settings(struct doctor *doctor)
{
	const char *timeout = getenv("LTTNG_UST_REGISTER_TIMEOUT");
	const char *disable = getenv("DLSCOPE_DISABLE");
	const char *audit = getenv("LD_AUDIT");

	if (timeout && strcmp(timeout, "0") == 0)
		doctor_find(doctor, CHECK_register_timeout, "LTTNG_UST_REGISTER_TIMEOUT is 0");
	else
		doctor_pass(doctor, CHECK_register_timeout, "LTTNG_UST_REGISTER_TIMEOUT is %s",
			    timeout ? timeout : "not set");
	if (disable && *disable && strcmp(disable, "0") != 0)
		doctor_find(doctor, CHECK_disabled, "DLSCOPE_DISABLE is %s", disable);
	else
		doctor_pass(doctor, CHECK_disabled, "DLSCOPE_DISABLE is %s",
			    disable ? disable : "not set");
	if (audit && *audit)
		doctor_find(doctor, CHECK_audit, "LD_AUDIT is %s", audit);
	else
		doctor_pass(doctor, CHECK_audit, "LD_AUDIT is not set");
}

/* shim/descriptors.c asks the same in the process itself. */
static void check_descriptors(struct doctor *doctor)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS_LEAST)
		doctor_find(doctor, CHECK_descriptors, "a process may have %llu",
			    (unsigned long long)limit.rlim_cur);
	else
		doctor_pass(doctor, CHECK_descriptors, "a process may have %d and more",
			    DESCRIPTORS_LEAST);
}

static void check_shared_memory(struct doctor *doctor)
{
	struct buffer_plan plan;
	_cleanup_error_ struct error *err = buffers_plan(&plan);

	if (err) {
		doctor_find(doctor, CHECK_shared_memory, "%s", error_message(err));
		return;
	}
	doctor_pass(doctor, CHECK_shared_memory, "/dev/shm has room");
	if (plan.reduced)
		doctor_find(doctor, CHECK_small_buffers,
			    "/dev/shm has room for %llu KiB a CPU only",
			    (unsigned long long)(plan.subbuf_size * plan.subbuf_count / 1024));
	else
		doctor_pass(doctor, CHECK_small_buffers, "/dev/shm has room for %llu KiB a CPU",
			    (unsigned long long)(plan.subbuf_size * plan.subbuf_count / 1024));
}

void doctor_system(struct doctor *doctor)
{
	check_glibc(doctor);
	check_kernel(doctor);
	check_shadow_stack(doctor);
	check_shared_memory(doctor);
	check_settings(doctor);
	check_descriptors(doctor);
	check_seccomp(doctor);
	check_confined(doctor);
}
