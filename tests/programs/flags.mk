# SPDX-License-Identifier: MIT
# What test programs need beyond the usual (tests/tests.mk says how rows look).

# exports dlscope_attach to the provider it opens
emit_events_flags := -rdynamic -DDLSCOPE_VERSION=\"$(VERSION)\" -Wno-unused-parameter

# behaviour.cc: found by RUNPATH only, and called back from a constructor
libleaf_dir := private
libnested_flags := -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/private'
behaviour_flags := -rdynamic -fno-builtin -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/private'
behaviour_libs := -lpthread
behaviour_needs := libleaf.c libnested.c libleaver.cc

first_loads_libs := -lpthread

slow_lookup_needs := libslow_lookup.c
