# SPDX-License-Identifier: MIT
# Somebody removed a file of a package.
kind=dependency-not-found
headline='libtop.so cannot be loaded: libgone.so.6, which it needs, was not found'
evidence='* /usr/lib/nowhere/libgone.so.6 of the package libgone6 is gone*hint: apt-get install --reinstall libgone6*'
prepare() {
	build_library libgone.so.6 -Wl,-soname,libgone.so.6
	build_library libtop.so ./libgone.so.6
	rm libgone.so.6
	installed_package libgone6 /usr/lib/nowhere/libgone.so.6
}
command=(try_load ./libtop.so)
