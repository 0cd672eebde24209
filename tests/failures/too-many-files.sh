# SPDX-License-Identifier: MIT
# ulimit -n
kind=out-of-memory
headline='libplugin.so cannot be loaded: no more files may be opened (RLIMIT_NOFILE, ulimit -n)'
prepare() { build_library libplugin.so; }
command=(try_load files:3 ./libplugin.so)
