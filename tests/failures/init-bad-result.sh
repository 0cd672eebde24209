# SPDX-License-Identifier: MIT
# An init function that returns a module and leaves an exception behind.
kind=init-bad-result
headline='initialization of spam raised unreported exception (ValueError*)'
evidence='* hint: the function succeeded and left an exception set*'
prepare() { build_spam spam.so '-DBEFORE=PyErr_SetNone(PyExc_ValueError)'; }
command=(/usr/bin/python3 -c 'import spam')
