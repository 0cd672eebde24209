# SPDX-License-Identifier: MIT
# Built against a newer version of a library.
kind=symbol-version
headline="libuser.so cannot be loaded: it needs SHAPE_2.4, $PWD/libshape.so has versions up to SHAPE_2.1"
prepare() {
	echo 'SHAPE_2.0 { f; }; SHAPE_2.1 { g; } SHAPE_2.0; SHAPE_2.4 { shape; } SHAPE_2.1;' >new.map
	echo 'SHAPE_2.0 { f; }; SHAPE_2.1 { shape; } SHAPE_2.0;' >old.map
	build_library libshape.so -DDEFINES=shape -Wl,--version-script=new.map -Wl,-soname,libshape.so
	build_library libuser.so -DUSES=shape -L. -lshape -Wl,-rpath,'$ORIGIN'
	build_library libshape.so -DDEFINES=shape -Wl,--version-script=old.map -Wl,-soname,libshape.so
}
command=(try_load ./libuser.so)
