# SPDX-License-Identifier: MIT
# For the 32-bit architecture.
kind=wrong-elf-class
headline='libplugin.so cannot be loaded: it is a 32-bit file for i386, the program is for x86-64'
prepare() {
	build_library libplugin.so
	patch_bytes libplugin.so 4 '\x01' # ELFCLASS32
	patch_bytes libplugin.so 18 '\x03' # EM_386
}
command=(try_load ./libplugin.so)
