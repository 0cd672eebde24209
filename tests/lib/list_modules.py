# SPDX-License-Identifier: MIT
"""What the interpreter says of itself: extension and built-in modules in sys.modules, one
a line, with the file of each or "built-in" after a blank.  Run by exec(), by any CPython.
"""
import sys

# Made by CPython's start-up itself, without the table of built-in modules
# (Python/pylifecycle.c; 2.7: Python/pythonrun.c).
by_hand = ["sys", "builtins", "__builtin__", "__main__", "exceptions"]
if sys.version_info < (3, 10):
    by_hand.append("_imp")
if sys.version_info < (3,):
    by_hand += ["_warnings", "signal"]

for name in sorted(sys.modules):
    path = getattr(sys.modules[name], "__file__", None) or ""
    if path.endswith(".so"):
        print("%s %s" % (name, path))
    elif name in sys.builtin_module_names and name not in by_hand:
        print("%s built-in" % name)
