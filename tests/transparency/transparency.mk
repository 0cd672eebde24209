# SPDX-License-Identifier: MIT
# The programs and objects of the transparency matrix; README.md says what it is.

TRANSPARENCY_DIR := $(TEST_DIR)/transparency

$(TRANSPARENCY_DIR)/rules.mk: tests/transparency/objects.def tests/transparency/rules
	@mkdir -p $(@D)
	tests/transparency/rules $(TRANSPARENCY_DIR) >$@

# A make of its own: the rules are made from a table, and other goals need not wait.
.PHONY: transparency-programs
transparency-programs: $(TRANSPARENCY_DIR)/rules.mk
	+@$(MAKE) --no-print-directory $(if $(V),,-s) -f $< CC=$(CC) CXX=$(CXX) all
