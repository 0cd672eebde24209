# SPDX-License-Identifier: MIT
# Tests: how they are built and run.  tests/README.md tells how to add one.

SANITIZED_BUILD := $(BUILD)-asan-ubsan
TEST_DIR := $(BUILD)/tests
TEST_OBJ := $(OBJ)/tests
PARALLEL = $(if $(filter -j% j%,$(MAKEFLAGS)),,-j$(shell nproc))
# V=1 shows the commands
SUBMAKE = $(MAKE) --no-print-directory $(if $(V),,-s) $(PARALLEL)

# --- unit tests: tests/unit/test_*.c, one program each ------------------------
#
# Linked with the whole analyzer but its main(), with the other files of
# tests/unit, and with what tests/unit/objects.mk names: <test>_objs.

-include tests/unit/objects.mk

UNIT_SRCS := $(wildcard tests/unit/test_*.c)
UNIT_HELPERS := $(filter-out $(UNIT_SRCS),$(wildcard tests/unit/*.c))
UNIT_HELPER_OBJS := $(UNIT_HELPERS:%.c=$(OBJ)/%.o)
UNIT_PROGRAMS := $(UNIT_SRCS:tests/unit/%.c=$(TEST_DIR)/unit/%)

$(TEST_OBJ)/unit/%.o: tests/unit/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(ANALYZER_CFLAGS) -Itests/unit -c -o $@ $<

define UNIT_PROGRAM
$(TEST_DIR)/unit/$(1): $(TEST_OBJ)/unit/$(1).o $$(UNIT_HELPER_OBJS) $$(ANALYZER_LIB_OBJS) $$($(1)_objs)
	@mkdir -p $$(@D)
	$$(CC) $$(ANALYZER_LDFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS) -lcmocka $$($(1)_libs)
endef
$(foreach test,$(UNIT_SRCS:tests/unit/%.c=%),$(eval $(call UNIT_PROGRAM,$(test))))

# Names addresses without a trace: tests and benchmarks of the symbolizer.
NAME_ADDRESSES := $(TEST_DIR)/name_addresses
$(NAME_ADDRESSES): $(TEST_OBJ)/lib/name_addresses.o $(ANALYZER_LIB_OBJS)
	@mkdir -p $(@D)
	$(CC) $(ANALYZER_LDFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(TEST_OBJ)/lib/%.o: tests/lib/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(ANALYZER_CFLAGS) -c -o $@ $<

ifdef ASAN
KEEP_PLUGINS := $(TEST_OBJ)/lib/keep_plugins.o
ANALYZER_LDFLAGS += $(KEEP_PLUGINS)
$(BINDIR)/dlscope $(UNIT_PROGRAMS) $(NAME_ADDRESSES): | $(KEEP_PLUGINS)
endif

# --- test programs: tests/programs/*.c ----------------------------------------
#
# lib*.c become shared objects, the others programs.  What one needs beyond that
# is a row of tests/programs/flags.mk:
#
#	<name>_flags    compiler and linker flags, before the source
#	<name>_libs     libraries, after it
#	<name>_needs    others of these (names without directory) to build first
#	<name>_dir      sub-directory of build/tests/programs to put it in
#
# <name> is the file's name without .c or .cc.

-include tests/programs/flags.mk

PROGRAM_DIR := $(TEST_DIR)/programs
PROGRAM_SRCS := $(wildcard tests/programs/*.c tests/programs/*.cc)
PROGRAM_WARN := -Wall -Wextra -Werror
program_name = $(basename $(notdir $(1)))
program_dir = $(PROGRAM_DIR)$(addprefix /,$($(program_name)_dir))
program_path = $(program_dir)/$(program_name)$(if $(filter lib%,$(program_name)),.so)
PROGRAMS := $(foreach source,$(PROGRAM_SRCS),$(call program_path,$(source)))

define PROGRAM
$(call program_path,$(1)): $(1) tests/tests.mk $(wildcard tests/programs/flags.mk) $(foreach need,$($(call program_name,$(1))_needs),$(call program_path,$(need)))
	@mkdir -p $$(@D) $(TEST_OBJ)/programs
	$(if $(filter %.cc,$(1)),$$(CXX) -std=gnu++17,$$(CC) -std=gnu11) -D_GNU_SOURCE -O1 -g $(PROGRAM_WARN) -Ishim \
		-MMD -MP -MF $(TEST_OBJ)/programs/$(call program_name,$(1)).d -MT $$@ \
		$(if $(filter lib%,$(call program_name,$(1))),-shared -fPIC) -L$(PROGRAM_DIR) \
		$$($(call program_name,$(1))_flags) -o $$@ $$< $$($(call program_name,$(1))_libs)
endef
$(foreach source,$(PROGRAM_SRCS),$(eval $(call PROGRAM,$(source))))

include tests/transparency/transparency.mk

# --- running ------------------------------------------------------------------

.PHONY: deps test test-build unit-programs test-programs

deps:
	@scripts/install-deps $(if $(ALL),--all)

unit-programs: $(UNIT_PROGRAMS) $(NAME_ADDRESSES)
test-programs: $(PROGRAMS)
test-build: all unit-programs test-programs transparency-programs

# ONLY="NAME..." runs suites with such a part in their name; QUICK=1 leaves out
# the sanitizer build.  Sub-makes, because the packages that the first step
# installs are what the next ones ask for their flags.
test:
	@$(SUBMAKE) deps
	@$(SUBMAKE) test-build
	$(if $(QUICK)$(ASAN)$(TSAN)$(COVERAGE),,@$(SUBMAKE) BUILD=$(SANITIZED_BUILD) ASAN=1 UBSAN=1 sanitized-build)
	@tests/run --build $(BUILD) $(if $(QUICK)$(ASAN)$(TSAN)$(COVERAGE),,--sanitized $(SANITIZED_BUILD)) $(ONLY)

.PHONY: sanitized-build
sanitized-build: $(BINDIR)/dlscope unit-programs
