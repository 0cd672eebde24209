# SPDX-License-Identifier: MIT
# An exec function that fails.
kind=exec-error
headline='spam: the exec function in m_slots?0? raised ValueError: no spam'
prepare() { build_spam spam.so '-DEXEC=return PyErr_SetString(PyExc_ValueError, "no spam"), -1'; }
command=(/usr/bin/python3 -c 'import spam')
