# SPDX-License-Identifier: MIT
# A function is missing, which shows when it is called for the first time.
kind=undefined-symbol status=127
headline='the loader ended the process (status 127), most likely when libplugin.so called shape_open, which nothing defines'
evidence='* fatal: the process ended with status 127 and without a farewell*'
prepare() { build_library libplugin.so '-DDEFINES=start' '-DCALLS=shape_open' -Wl,-z,lazy; }
command=(try_load lazy:./libplugin.so sym:call_it call)
