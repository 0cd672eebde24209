# SPDX-License-Identifier: MIT
# A library of FreeBSD.
kind=not-elf
headline='libplugin.so cannot be loaded: it was built for another operating system, or for a newer C library'
prepare() {
	build_library libplugin.so
	patch_bytes libplugin.so 7 '\x09' # ELFOSABI_FREEBSD
}
command=(try_load ./libplugin.so)
