# SPDX-License-Identifier: MIT
# The same in a constructor.
kind=crash-in-constructor status=139
headline='the process crashed (SIGSEGV) while loading libplugin.so, most likely in a constructor that called func8, which dlsym had not found'
prepare() {
	build_library libplugin.so -D_GNU_SOURCE -include dlfcn.h \
		'-DCONSTRUCTOR=((void (*)(void))dlsym(RTLD_DEFAULT, "func8"))()'
}
command=(try_load ./libplugin.so)
