# SPDX-License-Identifier: MIT
# Renamed in the library that it is linked with.
kind=undefined-symbol
headline='libuser.so cannot be loaded: nothing defines the symbol shape_open_file, which it needs'
evidence='* a near name: shape_open_files in */libshape.so*'
prepare() {
	build_library libuser.so -DUSES=shape_open_file
	build_library libshape.so -DDEFINES=shape_open_files
}
command=(try_load ./libshape.so ./libuser.so)
