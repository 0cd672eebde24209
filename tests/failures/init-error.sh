# SPDX-License-Identifier: MIT
# An init function that raises an exception.
kind=init-error
headline='initialization of spam raised ValueError: no spam today'
evidence='* requested at <string>:1*fatal: the process exited with status 1*'
prepare() { build_spam spam.so '-DBEFORE=return PyErr_Format(PyExc_ValueError, "no spam %s", "today")'; }
command=(/usr/bin/python3 -c 'import spam')
