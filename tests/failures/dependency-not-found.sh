# SPDX-License-Identifier: MIT
# Three levels down.
kind=dependency-not-found
headline='libtop.so cannot be loaded: libgone.so.6, which libmid.so needs, was not found'
evidence='* the chain: libtop.so needs libmid.so needs libgone.so.6*'
prepare() {
	build_library libgone.so.6 -Wl,-soname,libgone.so.6
	build_library libmid.so ./libgone.so.6
	build_library libtop.so -L. -lmid -Wl,-rpath,'$ORIGIN'
	rm libgone.so.6
}
command=(try_load ./libtop.so)
