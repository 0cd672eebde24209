# SPDX-License-Identifier: MIT
# Built for another version of the interpreter, and loaded by its path.
kind=undefined-symbol
headline='spam.cpython-310-x86_64-linux-gnu.so cannot be loaded: nothing defines the symbol _PyGen_Send, which it needs'
evidence="* hint: the file was built for CPython 3.10, this is $(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')*"
prepare() { build_spam spam.cpython-310-x86_64-linux-gnu.so '-DBEFORE=extern void _PyGen_Send(void); _PyGen_Send()' -Wl,-z,now; }
command=(/usr/bin/python3 -c 'import importlib.machinery as m, importlib.util as u
spec = u.spec_from_loader("spam", m.ExtensionFileLoader("spam", "./spam.cpython-310-x86_64-linux-gnu.so"))
u.module_from_spec(spec)')
