// SPDX-License-Identifier: MIT
/*
 * Constructors and init functions that are left in other ways than by returning,
 * and what a walk up the stack from inside of them shows.
 *
 *	control CASE
 */
#include <cstdint>
#include <cxxabi.h>
#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdexcept>
#include <string>
#include <unwind.h>

#include "try.h"

ACTOR(functions);
/* volatile: the headers tell C++ that dlopen throws nothing, and the compiler shall not
 * find out that it is dlopen that is called; constructors do throw. */
static const struct actor *volatile own = &functions;
#define here (*own)

static const char *begin_of;
static void (*at_begin)(const struct actor *);

extern "C" void hook(const char *name, int begins, const struct actor *self)
{
	if (begins && begin_of && strcmp(name, begin_of) == 0)
		at_begin(self);
}

/* --- what makes this program look like CPython to the shim, so that init functions
 * are wrapped; conventions.def --------------------------------------------------- */

extern "C" {
long PyModuleDef_Type[64];
const char *_Py_PackageContext;
const char *Py_GetVersion(void);
void init_do(void);
}

extern "C" const char *Py_GetVersion(void)
{
	return "3.11.2 (not really)";
}

static void (*in_init)(void);

extern "C" void init_do(void)
{
	in_init();
}

/* As programs do that look for files beside their module. */
static void say_where(void *function)
{
	Dl_info info;
	if (dladdr(function, &info))
		say("in %s: %s, at its begin: %d\n", info.dli_fname, info.dli_sname ? info.dli_sname : "?",
		    info.dli_saddr == function);
}

static void *call_init(void)
{
	void *handle = try_open(&here, beside("libmodule.so"), RTLD_NOW);
	void *(*init)(void) = (void *(*)(void))try_sym(&here, handle, "PyInit_module");
	void *(*again)(void) = (void *(*)(void))dlsym(handle, "PyInit_module");
	say("the same twice: %d\n", init == again);
	say_where((void *)init);
	void *volatile result = init();
	return result;
}

/* --- leaving --------------------------------------------------------------------------- */

struct counted {
	static int alive;
	counted() { alive++; }
	~counted() { alive--; }
};
int counted::alive;

static void throw_it(const struct actor *)
{
	counted one;
	throw std::runtime_error("thrown inside");
}

static void constructor_throws(void)
{
	counted outer;
	begin_of = "plugin";
	at_begin = throw_it;
	for (int i = 0; i < 3; i++) {
		try {
			counted inner;
			here.open(beside("libplugin.so"), RTLD_NOW);
			say("not thrown\n");
		} catch (const std::exception &error) {
			say("caught %s, alive %d\n", error.what(), counted::alive);
		}
		const char *error = dlerror();
		say("error %s\n", error ? error : "none");
	}
	begin_of = NULL;
	try_all(&here);
}

/* A constructor that loads an object whose constructor throws; the outer one catches. */
static void open_thrower(const struct actor *self)
{
	begin_of = "secret";
	at_begin = throw_it;
	try {
		self->open("libsecret.so", RTLD_NOW);
	} catch (const std::exception &error) {
		say("caught in the constructor: %s\n", error.what());
	}
	try_sym(self, RTLD_DEFAULT, "plugin_name");
	try_open(self, "libdeep.so", RTLD_NOW);
}

static void caught_in_outer_constructor(void)
{
	begin_of = "plugin";
	at_begin = open_thrower;
	try_open(&here, beside("libplugin.so"), RTLD_NOW);
	try_all(&here);
}

static void pass_through(const struct actor *self)
{
	counted one;
	begin_of = "secret";
	at_begin = throw_it;
	self->open("libsecret.so", RTLD_NOW);
	say("not thrown\n");
}

static void through_two_loads(void)
{
	begin_of = "plugin";
	at_begin = pass_through;
	try {
		here.open(beside("libplugin.so"), RTLD_NOW);
	} catch (const std::exception &error) {
		say("caught %s, alive %d\n", error.what(), counted::alive);
	}
	try_all(&here);
}

static void throw_foreign(const struct actor *)
{
	throw 42;
}

static void rethrown(void)
{
	begin_of = "plugin";
	at_begin = throw_foreign;
	try {
		try {
			here.open(beside("libplugin.so"), RTLD_NOW);
		} catch (...) {
			say("caught something, uncaught %d\n", std::uncaught_exceptions());
			throw;
		}
	} catch (int number) {
		say("caught %d\n", number);
	}
}

static void uncaught(void)
{
	begin_of = "plugin";
	at_begin = throw_it;
	here.open(beside("libplugin.so"), RTLD_NOW);
}

static void init_throws(void)
{
	in_init = [] { throw std::runtime_error("thrown by init"); };
	for (int i = 0; i < 2; i++) {
		try {
			call_init();
			say("not thrown\n");
		} catch (const std::exception &error) {
			say("caught %s\n", error.what());
		}
	}
	try_all(&here);
}

static jmp_buf jump;

static void jump_out(const struct actor *)
{
	longjmp(jump, 2);
}

static void constructor_jumps(void)
{
	begin_of = "plugin";
	at_begin = jump_out;
	for (volatile int i = 0; i < 3; i++) {
		int status = setjmp(jump);
		if (status == 0)
			here.open(beside("libplugin.so"), RTLD_NOW);
		say("jumped: %d\n", status);
	}
	begin_of = NULL;
	try_all(&here);
}

static void jump_from_deep(const struct actor *self)
{
	begin_of = "secret";
	at_begin = jump_out;
	self->open("libsecret.so", RTLD_NOW);
}

static void jumps_over_two_loads(void)
{
	begin_of = "plugin";
	at_begin = jump_from_deep;
	if (setjmp(jump) == 0)
		here.open(beside("libplugin.so"), RTLD_NOW);
	begin_of = NULL;
	try_all(&here);
}

static void init_jumps(void)
{
	in_init = [] { longjmp(jump, 3); };
	for (volatile int i = 0; i < 3; i++) {
		int status = setjmp(jump);
		if (status == 0)
			call_init();
		say("jumped: %d\n", status);
	}
	try_all(&here);
}

static void init_returns(void)
{
	in_init = [] { try_all(&here); };
	void *first = call_init();
	void *second = call_init();
	say("results %d %d\n", first != NULL, first == second);
}

static void init_opens(void)
{
	in_init = [] {
		try_open(&here, beside("libplugin.so"), RTLD_NOW);
		in_init = [] { say("inner init\n"); };
		call_init();
	};
	call_init();
}

/* --- looking up the stack --------------------------------------------------------------------- */

/* Every frame of this program and of its objects: also the place where a call under
 * way returns to first, on its way to the tracer. */
static int every_frame;

/* Functions that stand on the stack for certain. */
static int is_known(const char *name)
{
	static const char *const names[] = { "main", "hook", "init_do", "PyInit_module", "path_1", "path_2" };
	for (const char *known : names)
		if (name && strcmp(name, known) == 0)
			return 1;
	return 0;
}

/* What belongs to libc, the loader and the tracer lies between and is left out. */
static void say_frame(void *address, int exact)
{
	static const char *last;
	Dl_info info;
	struct link_map *map;
	/* a return address may be the first byte behind its function */
	if (!dladdr1((char *)address - (exact ? 0 : 1), &info, (void **)&map, RTLD_DL_LINKMAP))
		return;
	const char *slash = strrchr(info.dli_fname, '/');
	if (!strstr(info.dli_fname, "/transparency/"))
		return;
	if (every_frame || (is_known(info.dli_sname) && info.dli_sname != last))
		say("frame %s in %s\n", info.dli_sname ? info.dli_sname : "?", slash + 1);
	last = info.dli_sname;
}

static void say_backtrace(void)
{
	void *frames[128];
	int count = backtrace(frames, 128);
	for (int i = 0; i < count; i++)
		say_frame(frames[i], 0);
}

static _Unwind_Reason_Code say_unwound(struct _Unwind_Context *context, void *)
{
	int before = 0;
	uintptr_t address = _Unwind_GetIPInfo(context, &before);
	if (address)
		say_frame((void *)address, before);
	return _URC_NO_REASON;
}

static void say_unwind(void)
{
	_Unwind_Reason_Code code = _Unwind_Backtrace(say_unwound, NULL);
	say("ended with %d\n", code);
}

extern "C" void path_1(const char *file);
extern "C" void path_2(const struct actor *self, const char *file);

extern "C" void path_1(const char *file)
{
	void *volatile handle = here.open(file, RTLD_NOW);
	say("done %d\n", handle != NULL);
}

extern "C" void path_2(const struct actor *self, const char *file)
{
	void *volatile handle = self->open(file, RTLD_NOW);
	say("done %d\n", handle != NULL);
}

static void backtrace_in_constructor(void)
{
	begin_of = "plugin";
	at_begin = [](const struct actor *) { say_backtrace(); };
	path_1(beside("libplugin.so"));
}

static void every_frame_in_constructor(void)
{
	every_frame = 1;
	backtrace_in_constructor();
}

static void unwind_in_constructor(void)
{
	begin_of = "plugin";
	at_begin = [](const struct actor *) { say_unwind(); };
	path_1(beside("libplugin.so"));
}

static void open_then_look(const struct actor *self)
{
	begin_of = "secret";
	at_begin = [](const struct actor *) { say_unwind(); };
	path_2(self, "libsecret.so");
}

static void unwind_two_deep(void)
{
	begin_of = "plugin";
	at_begin = open_then_look;
	path_1(beside("libplugin.so"));
}

/* By bare name the caller matters: the way through a gadget. */
static void unwind_by_name(void)
{
	begin_of = "leaf_by_runpath";
	at_begin = [](const struct actor *) { say_unwind(); say_backtrace(); };
	path_1("libleaf.so");
}

static void backtrace_in_init(void)
{
	in_init = [] { say_backtrace(); };
	call_init();
	say("done\n");
}

static void unwind_in_init(void)
{
	in_init = [] { say_unwind(); };
	call_init();
	say("done\n");
}

static const struct one_case cases[] = {
	{ "constructor-throws", constructor_throws },
	{ "caught-in-outer-constructor", caught_in_outer_constructor },
	{ "through-two-loads", through_two_loads },
	{ "rethrown", rethrown },
	{ "uncaught", uncaught },
	{ "init-throws", init_throws },
	{ "constructor-jumps", constructor_jumps },
	{ "jumps-over-two-loads", jumps_over_two_loads },
	{ "init-jumps", init_jumps },
	{ "init-returns", init_returns },
	{ "init-opens", init_opens },
	{ "backtrace-in-constructor", backtrace_in_constructor },
	{ "every-frame", every_frame_in_constructor },
	{ "unwind-in-constructor", unwind_in_constructor },
	{ "unwind-two-deep", unwind_two_deep },
	{ "unwind-by-name", unwind_by_name },
	{ "backtrace-in-init", backtrace_in_init },
	{ "unwind-in-init", unwind_in_init },
};

int main(int argc, char **argv)
{
	return RUN_CASE(cases, argc, argv);
}
