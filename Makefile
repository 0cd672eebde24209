# dlscope - build, test, install.  See README.md for the two commands to know.
#
# CC and CFLAGS are respected.  DEBUG=1 ASAN=1 UBSAN=1 TSAN=1 COVERAGE=1 build
# variants into their own directories, so switching costs no rebuild.
# STACK=none links the unwinder that does nothing in place of the real ones.

VERSION := $(shell cat VERSION)
VARIANT := $(if $(DEBUG),-debug)$(if $(ASAN),-asan)$(if $(UBSAN),-ubsan)$(if $(TSAN),-tsan)$(if $(COVERAGE),-coverage)$(if $(STACK),-$(STACK))
BUILD ?= build$(VARIANT)
PREFIX ?= /usr/local
DESTDIR ?=
STACK_BACKEND := $(or $(STACK),native)
ARCH := $(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)

BINDIR := $(BUILD)/bin
LIBDIR := $(BUILD)/lib/dlscope
OBJ := $(BUILD)/obj

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# --- flags -------------------------------------------------------------------

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow \
	-Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wno-unused-parameter
SANITIZE := $(if $(ASAN),-fsanitize=address) $(if $(UBSAN),-fsanitize=undefined -fno-sanitize-recover=undefined) \
	$(if $(TSAN),-fsanitize=thread) $(if $(COVERAGE),--coverage)
COMMON := -std=gnu11 -D_GNU_SOURCE -DDLSCOPE_VERSION='"$(VERSION)"' $(WARN) \
	$(if $(DEBUG),-O0 -g3) -MMD -MP

# GCC 12 warns that TSan does not model fences (caller.c); clang has no such warning.
TSAN_WARN := -Wno-tsan -Wno-unknown-warning-option

# The shim lives in other people's processes: of the sanitizers only TSan (its
# stress test) and coverage apply to it.  No -fexceptions: its cleanups would make
# libgcc_s a dependency; span.h says how exceptions are noticed.  initial-exec: no
# allocation on first touch of a thread's state.
SHIM_CFLAGS := $(COMMON) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
	-fno-plt -fasynchronous-unwind-tables $(if $(TSAN),-fsanitize=thread $(TSAN_WARN)) $(if $(COVERAGE),--coverage)
# One version script names every export (scripts/check_exports).  nodelete: the
# thunks handed out live for ever, and a provider must not be unloaded.
SHIM_LDFLAGS := -shared -Wl,-z,nodelete -Wl,-z,now -Wl,-z,relro $(if $(TSAN),,-Wl,--no-undefined)

PKGS := babeltrace2 glib-2.0 jansson smartcols libdw libelf
# lazily expanded: `make -n`, `make deps` work before the packages are there
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS)) -llttng-ctl -liberty
ANALYZER_CFLAGS = $(COMMON) $(SANITIZE) -fPIE -Ishim -Ianalyzer $(PKG_CFLAGS)
ANALYZER_LDFLAGS = $(SANITIZE) -pie
# doctor compares it with the daemon's: the library does not tell at run time
$(OBJ)/analyzer/doctor_daemon.o: ANALYZER_CFLAGS += -DLTTNG_CTL_VERSION='"$(shell pkg-config --modversion lttng-ctl)"'

# --- sources -----------------------------------------------------------------

STACK_OBJS := $(OBJ)/shim/stack_$(STACK_BACKEND).o
# Files named for an architecture are built for that one only.
SHIM_SRCS := $(filter-out shim/trace_provider.c shim/stack_%.c %_x86_64.c %_aarch64.c,$(wildcard shim/*.c)) \
	$(wildcard shim/*_$(ARCH).c)
SHIM_ASM := $(wildcard shim/*_$(ARCH).S)
SHIM_OBJS := $(SHIM_SRCS:%.c=$(OBJ)/%.o) $(SHIM_ASM:%.S=$(OBJ)/%.o) $(STACK_OBJS)
PROVIDER_OBJS := $(OBJ)/shim/trace_provider.o

ANALYZER_SRCS := $(wildcard analyzer/*.c)
ANALYZER_OBJS := $(ANALYZER_SRCS:%.c=$(OBJ)/%.o)
ANALYZER_LIB_OBJS := $(filter-out $(OBJ)/analyzer/main.o,$(ANALYZER_OBJS))

.PHONY: all clean
all: $(BINDIR)/dlscope $(LIBDIR)/libdlscope.so $(LIBDIR)/libdlscope-lttng.so $(OBJ)/loaders

$(LIBDIR)/libdlscope.so: $(SHIM_OBJS) shim/exports.map
	@mkdir -p $(@D)
	$(CC) $(SHIM_LDFLAGS) $(if $(TSAN),-fsanitize=thread) $(if $(COVERAGE),--coverage) -Wl,--version-script=shim/exports.map -Wl,-soname,libdlscope.so $(LDFLAGS) -o $@ $(SHIM_OBJS)

$(LIBDIR)/libdlscope-lttng.so: $(PROVIDER_OBJS) shim/provider_exports.map
	@mkdir -p $(@D)
	$(CC) $(filter-out -Wl$(comma)--no-undefined,$(SHIM_LDFLAGS)) -Wl,--version-script=shim/provider_exports.map -Wl,-soname,libdlscope-lttng.so $(LDFLAGS) -o $@ $(PROVIDER_OBJS) -llttng-ust -llttng-ust-common
comma := ,

# Both libraries again under the names that $LIB has in the loaders there are: 64-bit
# ones find them, 32-bit ones find two that hold nothing (shim/stub_i386.S).
LIBRARIES := libdlscope.so libdlscope-lttng.so
LOADERS_64 := lib lib64 lib/$(ARCH)-linux-gnu
LOADERS_32 := $(if $(filter x86_64,$(ARCH)),lib32 lib/i386-linux-gnu)
LOADER_DIRECTORIES := lib lib64 $(filter lib32,$(LOADERS_32))
$(OBJ)/loaders: shim/stub_i386.S Makefile
	@rm -rf $(LOADER_DIRECTORIES:%=$(LIBDIR)/%)
	@mkdir -p $(@D) $(LOADERS_64:%=$(LIBDIR)/%) $(LOADERS_32:%=$(LIBDIR)/%)
	@$(foreach loader,$(LOADERS_64),$(foreach library,$(LIBRARIES),ln -sr $(LIBDIR)/$(library) $(LIBDIR)/$(loader) &&)) true
	$(foreach loader,$(LOADERS_32),$(foreach library,$(LIBRARIES),$(CC) -m32 -shared -nostdlib -Wl,--build-id=none -o $(LIBDIR)/$(loader)/$(library) $< &&)) true
	@touch $@

$(BINDIR)/dlscope: $(ANALYZER_OBJS)
	@mkdir -p $(@D)
	$(CC) $(ANALYZER_LDFLAGS) $(LDFLAGS) -o $@ $(ANALYZER_OBJS) $(PKG_LIBS)

$(OBJ)/shim/%.o: shim/%.c VERSION Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SHIM_CFLAGS) -Ishim -c -o $@ $<
# These run while a sanitizer's runtime sets itself up and asks dlsym for its symbols.
$(OBJ)/shim/real.o $(OBJ)/shim/elf_image.o $(OBJ)/shim/registration.o $(OBJ)/shim/import_slot.o $(OBJ)/shim/lttng_imports.o $(OBJ)/shim/environment.o $(OBJ)/shim/registration_short.o: SHIM_CFLAGS := $(filter-out -fsanitize=thread,$(SHIM_CFLAGS))
$(OBJ)/shim/%.o: shim/%.S Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SHIM_CFLAGS) -Ishim -c -o $@ $<
$(OBJ)/analyzer/%.o: analyzer/%.c VERSION Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(ANALYZER_CFLAGS) -c -o $@ $<

# --- the rest, by subject ----------------------------------------------------

include tests/tests.mk
include scripts/scripts.mk

clean:
	rm -rf build build-*

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
