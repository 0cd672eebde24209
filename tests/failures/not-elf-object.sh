# SPDX-License-Identifier: MIT
# A .o that was never linked.
kind=not-elf
headline='libplugin.so cannot be loaded: it is an object file, which was never linked'
prepare() { cc -c -fPIC -o libplugin.so -x c - <<<'int shape;'; }
command=(try_load ./libplugin.so)
