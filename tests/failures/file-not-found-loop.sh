# SPDX-License-Identifier: MIT
# A link that leads to itself.
kind=file-not-found
headline="$PWD/libplugin.so leads through a chain of links that has no end"
prepare() { ln -s libplugin.so libplugin.so; }
command=(try_load ./libplugin.so)
