# SPDX-License-Identifier: MIT
# It may only be loaded with a program.
kind=other
headline='libplugin.so cannot be loaded: it was linked with -z nodlopen, which forbids dlopen'
prepare() { build_library libplugin.so -Wl,-z,nodlopen; }
command=(try_load ./libplugin.so)
