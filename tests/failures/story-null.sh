# SPDX-License-Identifier: MIT
# An extension module whose init function returns NULL.
kind=init-null
headline='*initialization of spam failed without raising an exception*'
prepare() { build_spam spam.so '-DBEFORE=return NULL'; }
command=(/usr/bin/python3 -c 'import spam')
