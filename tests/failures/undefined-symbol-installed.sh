# SPDX-License-Identifier: MIT
# Not linked with -lm.
kind=undefined-symbol
headline='libuser.so cannot be loaded: nothing defines the symbol lgamma_r, which it needs'
evidence="* */libm.so.6 has it, but is not loaded: libuser.so does not name it as needed*"
prepare() { build_library libuser.so -fno-builtin -DUSES=lgamma_r; }
command=(try_load ./libuser.so)
