# SPDX-License-Identifier: MIT
# A file of a package was not written to its end.
kind=truncated
headline='libplugin.so cannot be loaded: it is cut off*'
evidence="* $PWD/libplugin.so belongs to the package plugin*hint: apt-get install --reinstall plugin*"
prepare() {
	build_library whole.so && head -c 100 whole.so >libplugin.so
	installed_package plugin "$PWD/libplugin.so"
}
command=(try_load ./libplugin.so)
