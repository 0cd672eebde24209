# SPDX-License-Identifier: MIT
# Cut off behind the headers: the loader maps what is not there, and the process crashes.
kind=truncated status=135
headline='the process crashed (SIGBUS) while loading libplugin.so, which is cut off: it has 3000 of * bytes'
prepare() { build_library whole.so && head -c 3000 whole.so >libplugin.so; }
command=(try_load ./libplugin.so)
