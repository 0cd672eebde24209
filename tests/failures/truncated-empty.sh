# SPDX-License-Identifier: MIT
# A full disk left an empty file.
kind=truncated
headline='libplugin.so cannot be loaded: it is empty'
prepare() { : >libplugin.so; }
command=(try_load ./libplugin.so)
