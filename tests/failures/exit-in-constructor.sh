# SPDX-License-Identifier: MIT
# A constructor that ends the program.
kind=exit-in-init status=3
headline='the process exited while loading libplugin.so, most likely in its constructor'
prepare() { build_library libplugin.so '-DCONSTRUCTOR=exit(3)'; }
command=(try_load ./libplugin.so)
