# SPDX-License-Identifier: MIT
# ulimit -v
kind=out-of-memory
headline='libplugin.so cannot be loaded: the limit on address space leaves no room for it'
evidence='* the process may have 64.0 MiB of address space (RLIMIT_AS, ulimit -v)*'
prepare() { build_library libplugin.so -DBSS=100000000; }
command=(try_load memory:64 ./libplugin.so)
