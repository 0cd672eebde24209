# SPDX-License-Identifier: MIT
# Left by a C++ exception that a constructor threw.
kind=unwound severity=failure status=0
headline='the load of libleaver.so was left by an exception or a longjmp'
command=(behaviour exception)
