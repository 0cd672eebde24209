# SPDX-License-Identifier: MIT
"""Prints how long `import numpy` took in this process, in the form of spawn.c."""

import time

begin = time.perf_counter_ns()
import numpy  # noqa: E402, F401  the thing measured

print('{"operation": "import-numpy", "ns": [%d]}' % (time.perf_counter_ns() - begin), flush=True)
