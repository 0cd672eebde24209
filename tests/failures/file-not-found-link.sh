# SPDX-License-Identifier: MIT
# A link to nothing.
kind=file-not-found
headline="$PWD/libplugin.so is a link to libplugin.so.1.2, which does not exist"
prepare() { ln -s libplugin.so.1.2 libplugin.so; }
command=(try_load ./libplugin.so)
