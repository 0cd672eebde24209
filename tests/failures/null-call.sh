# SPDX-License-Identifier: MIT
# dlsym() found nothing, and the program called it.
kind=undefined-symbol status=139
headline='the process crashed (SIGSEGV), most likely by calling func8, which dlsym had not found in libplugin.so'
evidence='* a near name: func7 in */libplugin.so*fatal: the process was killed by SIGSEGV *'
prepare() { build_library libplugin.so -DDEFINES=func7; }
command=(try_load ./libplugin.so sym:func7 call sym:func8 call)
