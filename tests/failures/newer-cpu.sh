# SPDX-License-Identifier: MIT
# Built for instructions that no CPU has.
kind=wrong-elf-class
headline='libplugin.so cannot be loaded: it was built for a newer CPU than this machine has'
prepare() {
	build_library libplugin.so -Wl,-z,x86-64-v4
	# GNU_PROPERTY_X86_ISA_1_NEEDED, 4 bytes
	offset=$(LC_ALL=C grep -obUaP '\x02\x80\x00\xc0\x04\x00\x00\x00' libplugin.so | head -n 1)
	patch_bytes libplugin.so $((${offset%%:*} + 8)) '\xff\xff'
}
command=(try_load ./libplugin.so)
