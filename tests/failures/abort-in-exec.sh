# SPDX-License-Identifier: MIT
# An exec function that gives up.
kind=crash-in-init status=134
headline='the process was aborted (SIGABRT) inside spam: the exec function in m_slots?0?'
prepare() { build_spam spam.so '-DEXEC=abort()'; }
command=(/usr/bin/python3 -c 'import spam')
