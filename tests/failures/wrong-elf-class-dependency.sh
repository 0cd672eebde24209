# SPDX-License-Identifier: MIT
# A 32-bit library is where a dependency is searched, three levels down.
kind=wrong-elf-class
headline='libtop.so cannot be loaded: libleaf.so is a 32-bit file for i386, the program is for x86-64'
evidence='* the chain: libtop.so needs libmid.so needs libleaf.so*'
prepare() {
	build_library libleaf.so
	build_library libmid.so -L. -lleaf -Wl,-rpath,'$ORIGIN'
	build_library libtop.so -L. -lmid -Wl,-rpath,'$ORIGIN',-rpath-link,.
	patch_bytes libleaf.so 4 '\x01' # ELFCLASS32
	patch_bytes libleaf.so 18 '\x03' # EM_386
}
command=(try_load ./libtop.so)
