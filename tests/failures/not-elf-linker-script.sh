# SPDX-License-Identifier: MIT
# What the -dev package has for the linker.
kind=not-elf
headline='libplugin.so cannot be loaded: it is a linker script, which only the linker reads'
prepare() { { echo '/* GNU ld script */' && seq -s ' ' 300; } >libplugin.so; }
command=(try_load ./libplugin.so)
