# SPDX-License-Identifier: MIT
# What test programs need beyond the usual (tests/tests.mk says how rows look).

# exports dlscope_attach to the provider it opens
emit_events_flags := -rdynamic -DDLSCOPE_VERSION=\"$(VERSION)\" -Wno-unused-parameter
