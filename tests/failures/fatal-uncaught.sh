# SPDX-License-Identifier: MIT
# The error is not caught: the program ends of it.
kind=file-not-found
headline='libnowhere.so.9 was not found in any of the directories that the loader searches'
evidence='*requested at *app.py:2*fatal: the process exited with status 1*'
prepare() { printf 'import ctypes\nctypes.CDLL("libnowhere.so.9")\n' >app.py; }
command=(/usr/bin/python3 app.py)
