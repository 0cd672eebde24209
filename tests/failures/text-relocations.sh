# SPDX-License-Identifier: MIT
# Built without -fPIC, where memory may not be writable and executable.
kind=permission
headline='libplugin.so cannot be loaded: it has text relocations, which the system refuses *'
evidence='* hint: build it with -fPIC*'
prepare() {
	needs_strict_memory
	printf '.globl f\nf: .quad f\n.section .note.GNU-stack,"",@progbits\n' >code.s
	cc -shared -nostdlib -Wl,-z,notext -o libplugin.so code.s
}
command=(try_load strict ./libplugin.so)
