# SPDX-License-Identifier: MIT
# An import inside an init function fails three levels down: one entry.
kind=dependency-not-found
headline='inner.so cannot be loaded: libgone.so.6, which libmid.so needs, was not found'
evidence='* and so: *spam*fatal: the process exited with status 1*'
prepare() {
	build_library libgone.so.6 -Wl,-soname,libgone.so.6
	build_library libmid.so ./libgone.so.6
	build_spam inner.so -Wl,--no-as-needed -L. -lmid -Wl,-rpath,'$ORIGIN'
	build_spam spam.so '-DBEFORE=if (!PyImport_ImportModule("inner")) return NULL'
	rm libgone.so.6
}
command=(/usr/bin/python3 -c 'import spam')
