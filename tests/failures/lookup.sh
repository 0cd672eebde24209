# SPDX-License-Identifier: MIT
# dlsym() with a slip of the pen, and nothing comes of it.
kind=undefined-symbol severity=failure status=0
headline='the symbol plugin_strat was looked up in vain in libplugin.so'
evidence='* a near name: plugin_start in */libplugin.so*'
prepare() { build_library libplugin.so -DDEFINES=plugin_start; }
command=(try_load ./libplugin.so sym:plugin_strat)
