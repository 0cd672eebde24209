# SPDX-License-Identifier: MIT
# With --crash it is certain that the NULL was called, and from where.
kind=undefined-symbol status=139 record_options=(--crash)
headline='the process crashed (SIGSEGV) by calling func8, which dlsym had not found in libplugin.so'
evidence='* crashed at address 0, called from:*at do_word in try_load*'
prepare() { build_library libplugin.so -DDEFINES=func7; }
command=(try_load ./libplugin.so sym:func8 call)
