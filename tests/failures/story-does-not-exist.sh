# SPDX-License-Identifier: MIT
# A program that calls what it looked up, whether it is there or not.
kind=undefined-symbol status=139
headline='the process crashed (SIGSEGV), most likely by calling does_not_exist, which dlsym had not found in dyload1.so'
prepare() { build_library dyload1.so -DDEFINES=func7; }
command=(try_load ./dyload1.so sym:does_not_exist call)
