# SPDX-License-Identifier: MIT
# With --crash: where in the constructor.
kind=crash-in-constructor status=139 record_options=(--crash)
headline='the process crashed (SIGSEGV) while loading libplugin.so, most likely in its constructor'
evidence='* crashed:*at construct in libplugin.so (library.c:*'
prepare() { build_library libplugin.so -g '-DCONSTRUCTOR=*(volatile int *)8 = 1'; }
command=(try_load ./libplugin.so)
