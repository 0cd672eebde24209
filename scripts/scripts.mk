# SPDX-License-Identifier: MIT
# What the scripts do, as targets: benchmarks, demo, install, lint.

# --- benchmarks: what tracing costs, beside other tools -----------------------

BENCH_DIR := $(BUILD)/tests/bench
BENCH_PROGRAMS := $(BENCH_DIR)/operations $(BENCH_DIR)/spawn $(BENCH_DIR)/libcold.so
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

.PHONY: bench bench-programs
bench-programs: $(BENCH_PROGRAMS)
# QUICK=1: few rounds; ONLY=record+stack,ust: fewer configurations
bench:
	@$(SUBMAKE) deps
	@$(SUBMAKE) all bench-programs
	@scripts/bench --build $(BUILD) $(if $(QUICK),--rounds 3) $(if $(ONLY),--only $(ONLY))
