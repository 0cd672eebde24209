# SPDX-License-Identifier: MIT
# Cut off within the headers.
kind=truncated
headline='libplugin.so cannot be loaded: it is cut off'
prepare() { build_library whole.so && head -c 40 whole.so >libplugin.so; }
command=(try_load ./libplugin.so)
