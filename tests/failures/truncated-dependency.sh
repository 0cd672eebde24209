# SPDX-License-Identifier: MIT
# A dependency two levels down was not written to its end.
kind=truncated
headline='libtop.so cannot be loaded: libleaf.so is cut off*'
evidence='* the chain: libtop.so needs libmid.so needs libleaf.so*'
prepare() {
	build_library libleaf.so
	build_library libmid.so -L. -lleaf -Wl,-rpath,'$ORIGIN'
	build_library libtop.so -L. -lmid -Wl,-rpath,'$ORIGIN',-rpath-link,.
	head -c 40 libleaf.so >cut && mv cut libleaf.so
}
command=(try_load ./libtop.so)
