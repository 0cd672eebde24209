# SPDX-License-Identifier: MIT
"""Prints how long a load takes that is asked for from 30 Python frames deep, over and over,
in the form of operations.cc."""

import _ctypes
import sys
import time

FRAMES, BATCHES, ITERATIONS = 30, 20, 50
NOW = 2  # RTLD_NOW


def open_and_close():
    _ctypes.dlclose(_ctypes.dlopen("libm.so.6", NOW))


def depth():
    frame, count = sys._getframe(), 0
    while frame:
        frame, count = frame.f_back, count + 1
    return count - 1  # but this one


def descend(call, frames):
    return call() if frames == 0 else descend(call, frames - 1)


def batch():
    """ns of one load; the frames stand there already."""
    begin = time.perf_counter_ns()
    for _ in range(ITERATIONS):
        open_and_close()
    return (time.perf_counter_ns() - begin) / ITERATIONS


def batches():
    assert depth() == FRAMES - 2, depth()  # then batch(), open_and_close()
    return [batch() for _ in range(BATCHES + 1)][1:]


_ctypes.dlopen("libm.so.6", NOW)
figures = descend(batches, FRAMES - 5)  # calls itself so often
print('{"operation": "python-frames", "ns": [%s]}' % ", ".join("%.1f" % ns for ns in figures), flush=True)
