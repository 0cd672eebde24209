# SPDX-License-Identifier: MIT
# An extension module that was renamed.
kind=init-symbol-missing
headline='dynamic module does not define module export function (PyInit_notspam); notspam.so defines PyInit_spam'
evidence='*hint: import it as spam, or name the function PyInit_notspam*'
prepare() { build_spam notspam.so; }
command=(/usr/bin/python3 -c 'import notspam')
