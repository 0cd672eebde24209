# SPDX-License-Identifier: MIT
# A constructor that gives up.
kind=crash-in-constructor status=134
headline='the process was aborted (SIGABRT) while loading libplugin.so, most likely in its constructor'
prepare() { build_library libplugin.so '-DCONSTRUCTOR=abort()'; }
command=(try_load ./libplugin.so)
