# SPDX-License-Identifier: MIT
# A file where a directory is meant.
kind=file-not-found
headline="$PWD/plug/libplugin.so cannot be there: $PWD/plug is a file, not a directory"
prepare() { : >plug; }
command=(try_load "$PWD/plug/libplugin.so")
