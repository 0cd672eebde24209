# SPDX-License-Identifier: MIT
# A name that is not there was only a try where the next one got further.
kind=not-elf
headline='libplugin.so.1 cannot be loaded: it is a script'
prepare() { { echo '#!/bin/sh' && seq -s ' ' 300; } >libplugin.so.1; }
command=(try_load keep libplugin.so fails ./libplugin.so.1)
