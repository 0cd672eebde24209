# SPDX-License-Identifier: MIT
# A directory has the library's name.
kind=not-elf
headline='libplugin.so cannot be loaded: it is a directory'
prepare() { mkdir libplugin.so; }
command=(try_load ./libplugin.so)
