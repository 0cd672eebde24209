# SPDX-License-Identifier: MIT
# A program under a library's name.
kind=not-elf
headline='libplugin.so cannot be loaded: it is a program, not a library'
prepare() { cp /bin/true libplugin.so; }
command=(try_load ./libplugin.so)
