# SPDX-License-Identifier: MIT
# An extension module whose init function aborts.
kind=crash-in-init status=134
headline='the process was aborted (SIGABRT) inside PyInit_spam'
evidence='*requested at <string>:1*'
prepare() { build_spam spam.so '-DBEFORE=abort()'; }
command=(/usr/bin/python3 -c 'import spam')
