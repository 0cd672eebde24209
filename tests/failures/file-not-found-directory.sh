# SPDX-License-Identifier: MIT
# A directory that is not there.
kind=file-not-found
headline="$PWD/plug/in/libplugin.so does not exist"
evidence="* of its directories only $PWD/plug is there*"
prepare() { mkdir plug; }
command=(try_load "$PWD/plug/in/libplugin.so")
