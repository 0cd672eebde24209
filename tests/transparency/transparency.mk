# SPDX-License-Identifier: MIT
# The programs and objects of the transparency matrix; README.md says what it is.

TRANSPARENCY_DIR := $(TEST_DIR)/transparency

$(TRANSPARENCY_DIR)/rules.mk: tests/transparency/objects.def tests/transparency/rules
	@mkdir -p $(@D)
	tests/transparency/rules $(TRANSPARENCY_DIR) >$@

# A make of its own: the rules are made from a table, and other goals need not wait.
.PHONY: transparency-programs
transparency-programs: $(TRANSPARENCY_DIR)/rules.mk
	+@$(MAKE) --no-print-directory $(if $(V),,-s) -f $< CC=$(CC) CXX=$(CXX) $(if $(TSAN),FLAGS_stress=-fsanitize=thread) $(or $(GOAL),all)

# By hand: SEEDS=N (default 10), each with 10^6 operations; then with ThreadSanitizer.
TSAN_BUILD := $(BUILD)-tsan
.PHONY: soak-transparency
soak-transparency:
	@$(SUBMAKE) all transparency-programs
	@$(SUBMAKE) BUILD=$(TSAN_BUILD) TSAN=1 CC=clang CXX=clang++ $(TSAN_BUILD)/lib/dlscope/libdlscope.so \
		$(TSAN_BUILD)/lib/dlscope/libdlscope-lttng.so
	@$(SUBMAKE) BUILD=$(TSAN_BUILD) TSAN=1 CC=clang CXX=clang++ \
		GOAL=$(TSAN_BUILD)/tests/transparency/stress transparency-programs
	tests/transparency/soak --build $(BUILD) --tsan $(TSAN_BUILD) $(if $(SEEDS),--seeds $(SEEDS))
