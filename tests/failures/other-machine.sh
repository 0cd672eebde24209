# SPDX-License-Identifier: MIT
# For the machines of the next room.
kind=wrong-elf-class
headline='libplugin.so cannot be loaded: it is a 64-bit file for aarch64, the program is for x86-64'
prepare() {
	build_library libplugin.so
	patch_bytes libplugin.so 18 '\xb7' # EM_AARCH64
}
command=(try_load ./libplugin.so)
