# SPDX-License-Identifier: MIT
# The library that has it is beside it; it was not linked with that one.
kind=undefined-symbol
headline='libuser.so cannot be loaded: nothing defines the symbol shape_open_file, which it needs'
evidence="* $PWD/libshape.so has it, but is not loaded: libuser.so does not name it as needed*"
prepare() {
	build_library libuser.so -DUSES=shape_open_file
	build_library libshape.so -DDEFINES=shape_open_file
}
command=(try_load ./libuser.so)
