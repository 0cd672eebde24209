# SPDX-License-Identifier: MIT
# The same in a constructor.
kind=undefined-symbol status=127
headline='the loader ended the process (status 127), most likely when libplugin.so called shape_open, which nothing defines'
evidence='*libplugin.so had not returned when the process exited with status 127*'
prepare() { build_library libplugin.so '-DCONSTRUCTOR=extern void shape_open(void); shape_open()' -Wl,-z,lazy; }
command=(try_load lazy:./libplugin.so)
