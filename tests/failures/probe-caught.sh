# SPDX-License-Identifier: MIT
# The program catches the error and imports something else.
kind=file-not-found severity=probe status=1
headline='1 process, *'
evidence='*1 failed attempt was only a probe: the program coped; --failed-only lists it*'
prepare() {
	cat >app.py <<-'END'
		import ctypes
		try:
		    ctypes.CDLL("libnowhere.so.9")
		except OSError:
		    pass
		import _sqlite3
		raise SystemExit(1)
	END
}
command=(/usr/bin/python3 app.py)
