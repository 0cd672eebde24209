# SPDX-License-Identifier: MIT
"""Imports every extension module of the standard library that can be had, and numpy where
it is installed.  Run by any CPython.
"""
import glob
import os
import sys
import sysconfig

# Tests of CPython itself, what needs a display or wants to be alone, what a warning tells of.
LEFT_OUT = ("_test", "xx", "_xx", "_ctypes_test", "_tkinter", "_crypt", "nis", "ossaudiodev", "spwd", "audioop", "_interp")

directory = sysconfig.get_config_var("DESTSHARED")
if not directory or not os.path.isdir(directory):
    directory = [path for path in sys.path if path.endswith("lib-dynload")][0]
names = {os.path.basename(path).split(".")[0] for path in glob.glob(os.path.join(directory, "*.so"))}
names = [name for name in sorted(names | set(sys.builtin_module_names)) if not name.startswith(LEFT_OUT)]
for name in names + ["numpy"]:
    try:
        __import__(name)
    except ImportError:
        pass
