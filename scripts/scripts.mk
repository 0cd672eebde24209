# SPDX-License-Identifier: MIT
# What the scripts do, as targets: benchmarks, demo, install, lint.

# --- benchmarks: what tracing costs, beside other tools -----------------------

BENCH_DIR := $(BUILD)/tests/bench
BENCH_PROGRAMS := $(BENCH_DIR)/operations $(BENCH_DIR)/spawn $(BENCH_DIR)/libcold.so $(BENCH_DIR)/libhost.so
BENCH_FLAGS := -O2 -D_GNU_SOURCE -Wall -Wextra -Werror

$(BENCH_DIR)/%: tests/bench/%.cc
	@mkdir -p $(@D)
	$(CXX) -std=gnu++17 $(BENCH_FLAGS) -o $@ $<
$(BENCH_DIR)/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(BENCH_FLAGS) -o $@ $<
$(BENCH_DIR)/%.so: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(BENCH_FLAGS) -shared -fPIC -o $@ $<
$(BENCH_DIR)/libhost.so: shim/runtimes.def

.PHONY: bench bench-programs
bench-programs: $(BENCH_PROGRAMS)
# QUICK=1: few rounds; ONLY=record+stack,ust: fewer configurations
bench:
	@$(SUBMAKE) deps
	@$(SUBMAKE) all bench-programs $(NAME_ADDRESSES)
	@scripts/bench --build $(BUILD) $(if $(QUICK),--rounds 3) $(if $(ONLY),--only $(ONLY))
	@scripts/bench_symbols --build $(BUILD)

# --- demo: a real program, recorded and reported on ---------------------------

.PHONY: demo
demo:
	@$(SUBMAKE) deps
	@$(SUBMAKE) all
	$(BINDIR)/dlscope -- /usr/bin/python3 scripts/demo.py

# --- documentation: templates filled from the tables --------------------------

SCDOC := $(shell command -v scdoc)
MAN_PAGES := $(if $(SCDOC),$(patsubst man/%.scd,$(BUILD)/man/%,$(wildcard man/*.scd)))
COMPLETION := $(BUILD)/completions/dlscope
TABLES := $(wildcard analyzer/*.def shim/*.def) VERSION scripts/make_docs scripts/def_tables.py

$(BUILD)/man/%: man/%.scd $(TABLES)
	@mkdir -p $(@D)
	scripts/make_docs $< >$@.scd
	scdoc <$@.scd >$@
$(COMPLETION): completions/dlscope.bash $(TABLES)
	@mkdir -p $(@D)
	scripts/make_docs $< >$@

.PHONY: docs
docs: $(MAN_PAGES) $(COMPLETION)

# --- install ------------------------------------------------------------------

INSTALL_BIN := $(DESTDIR)$(PREFIX)/bin
INSTALL_LIB := $(DESTDIR)$(PREFIX)/lib/dlscope
INSTALL_SHARE := $(DESTDIR)$(PREFIX)/share

.PHONY: install uninstall
install: all docs
	install -D -t $(INSTALL_BIN) $(BINDIR)/dlscope
	install -D -m 644 -t $(INSTALL_LIB) $(LIBDIR)/libdlscope.so $(LIBDIR)/libdlscope-lttng.so
	cp -dR --no-preserve=ownership $(LOADER_DIRECTORIES:%=$(LIBDIR)/%) $(INSTALL_LIB)
	install -D -m 644 -t $(INSTALL_SHARE)/dlscope analyzer/report.schema.json
	install -D -m 644 -t $(INSTALL_SHARE)/bash-completion/completions $(COMPLETION)
	$(foreach page,$(MAN_PAGES),install -D -m 644 -t $(INSTALL_SHARE)/man/man$(subst .,,$(suffix $(page))) $(page) &&) true

uninstall:
	rm -f $(INSTALL_BIN)/dlscope $(INSTALL_SHARE)/bash-completion/completions/dlscope
	rm -f $(patsubst man/%.scd,$(INSTALL_SHARE)/man/man?/%,$(wildcard man/*.scd))
	rm -rf $(INSTALL_LIB) $(INSTALL_SHARE)/dlscope

# --- style --------------------------------------------------------------------

C_FILES = $(wildcard analyzer/*.[ch] shim/*.[ch] tests/*/*.[ch] tests/*/*.cc)

# cppcheck 2.10 knows neither scope guards (leaks, lifetimes) nor that NULL is a
# pointer in C on every system with glibc; the provider is all LTTng macros.
HASH := \#
CPPCHECK_FLAGS := --quiet --error-exitcode=1 --inline-suppr --enable=warning,portability --std=c11 \
	-D_GNU_SOURCE '-DElfW(type)=Elf64_$(HASH)$(HASH)type' -Ishim -Ianalyzer $(addprefix --suppress=,missingIncludeSystem memleak resourceLeak \
	returnDanglingLifetime varFuncNullUB)

.PHONY: format lint
format:
	clang-format -i $(C_FILES)
lint:
	@$(SUBMAKE) deps ALL=1
	clang-format --dry-run -Werror $(C_FILES)
	@$(SUBMAKE) CC=gcc CXX=g++ BUILD=$(BUILD)-gcc test-build
	@$(SUBMAKE) CC=clang CXX=clang++ BUILD=$(BUILD)-clang test-build
	cppcheck $(CPPCHECK_FLAGS) $(filter-out shim/trace_provider.c,$(wildcard analyzer/*.c shim/*.c))

# --- the suite inside other Debian releases ------------------------------------

.PHONY: test-matrix
# SUITES="trixie sid" (default); ONLY="NAME..." and ALL=1 as in `make test`; a single
# command: scripts/test-matrix --run COMMAND
test-matrix:
	@scripts/test-matrix $(if $(ALL),--all) $(if $(ONLY),--only "$(ONLY)") $(SUITES)

# --- long runs, by hand -------------------------------------------------------

.PHONY: fuzz soak
# The files that are fuzzed, with libFuzzer's instrumentation.
FUZZ_SYMBOLS := $(BUILD)/fuzz/fuzz_symbols
FUZZ_SYMBOLS_SRCS := tests/fuzz/fuzz_symbols.c $(addprefix analyzer/,symbol_file.c symbol_find.c symbol_table.c symbol_dwarf.c error.c)
$(FUZZ_SYMBOLS): $(FUZZ_SYMBOLS_SRCS) $(wildcard analyzer/*.h)
	@mkdir -p $(@D)
	clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -Ianalyzer \
		$(PKG_CFLAGS) -o $@ $(FUZZ_SYMBOLS_SRCS) $(PKG_LIBS)

# RUNS=N mutations of each recorded trace (default 200), SEED=N to repeat a run;
# SECONDS=N of the symbolizer (default 60)
fuzz:
	@$(SUBMAKE) deps ALL=1
	@$(SUBMAKE) $(FUZZ_SYMBOLS)
	scripts/fuzz_symbols $(FUZZ_SYMBOLS) $(SECONDS)
	@$(SUBMAKE) BUILD=$(SANITIZED_BUILD) ASAN=1 UBSAN=1 sanitized-build
	scripts/fuzz --build $(SANITIZED_BUILD) $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED))
# RUNS=N recordings (default 200), four at a time; 1,000 processes killed at random
# moments, SEED=N for others; SEEDS=N of the stress test
soak:
	@$(SUBMAKE) deps
	@$(SUBMAKE) all test-programs
	scripts/soak --build $(BUILD) $(if $(RUNS),--runs $(RUNS))
	scripts/soak_kills --build $(BUILD) $(if $(SEED),--seed $(SEED))
	@$(SUBMAKE) soak-transparency
