# SPDX-License-Identifier: MIT
# It is beside the file that needs it, where the loader does not look.
kind=dependency-not-found
headline='libtop.so cannot be loaded: libbeside.so.6, which it needs, was not found'
evidence="* $PWD/libbeside.so.6 is beside the file that needs it*hint: patchelf --add-rpath*$PWD/libtop.so*"
prepare() {
	build_library libbeside.so.6 -Wl,-soname,libbeside.so.6
	build_library libtop.so ./libbeside.so.6
}
command=(try_load ./libtop.so)
