# SPDX-License-Identifier: MIT
# An assembler file did not say that it needs no executable stack.
kind=permission
headline='libplugin.so cannot be loaded: it wants an executable stack, which the system refuses'
evidence='* hint: build it with -z noexecstack*'
prepare() { needs_strict_memory && build_library libplugin.so -Wl,-z,execstack; }
command=(try_load strict ./libplugin.so)
