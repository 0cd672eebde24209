# SPDX-License-Identifier: MIT
# A path with a slip of the pen.
kind=file-not-found
headline="$PWD/lib/libplugin.so does not exist"
evidence='* a near name: libplugins.so*'
prepare() { mkdir lib && build_library lib/libplugins.so; }
command=(try_load lib/libplugin.so)
