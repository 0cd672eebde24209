# SPDX-License-Identifier: MIT
# initial-exec thread-local storage beyond the surplus.
kind=static-tls
headline='libplugin.so cannot be loaded: no room is left for static thread-local storage'
evidence='* libplugin.so wants 100000 bytes*hint: GLIBC_TUNABLES=glibc.rtld.optional_static_tls=102400*'
prepare() { build_library libplugin.so -DTLS=100000; }
command=(try_load ./libplugin.so)
