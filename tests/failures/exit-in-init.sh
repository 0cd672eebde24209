# SPDX-License-Identifier: MIT
# An init function that ends the program.
kind=exit-in-init status=4
headline='the process exited inside PyInit_spam'
evidence='*requested at <string>:1*'
prepare() { build_spam spam.so '-DBEFORE=exit(4)'; }
command=(/usr/bin/python3 -c 'import spam')
