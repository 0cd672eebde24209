#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Times a command as several kinds of process by turns: plain, recorded, with liblttng-ust alone.

usage: turns.py KINDS NAME TURNS COMMAND...

KINDS is JSON: of each kind what it changes in the environment of the recording that this
runs in, null: away with the variable.  One is `plain`.  Each turn runs one process of each
kind, in an order drawn anew, and a plain one that is not timed before each of them: else
what the session daemon has still to do for the process before would be in the times of
the others more often than in its own.  Prints one JSON line a kind, with the wall time in
ns of each turn, from the call that starts a process until it was waited for; and of lines
that the command prints in this form as well, all turns in one.
"""

import json
import os
import random
import sys
import tempfile
import time


def environment(change):
    """Of this process, changed."""
    merged = {**os.environ, **change}
    return {variable: value for variable, value in merged.items() if value is not None}


def run_once(command, environment, output):
    """Wall time of the process in ns; what it prints is in `output`, from its begin."""
    output.seek(0)
    output.truncate()
    begin = time.perf_counter_ns()
    child = os.posix_spawnp(command[0], command, environment,
                            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1)])
    _, status = os.waitpid(child, 0)
    ns = time.perf_counter_ns() - begin
    if status:
        sys.exit(f"turns: {command[0]}: ended with wait status {status:#x}")
    output.seek(0)
    return ns


def own_figures(output):
    """What the command has measured of itself: (operation, [ns])."""
    for line in output:
        if line.startswith('{"operation"'):
            record = json.loads(line)
            yield record["operation"], record["ns"]


def main():
    if "libdlscope" not in os.environ.get("LD_PRELOAD", ""):
        sys.exit("turns: this is not inside a recording")
    name, turns, command = sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    environments = {kind: environment(change) for kind, change in json.loads(sys.argv[1]).items()}
    times = {}
    order = list(environments)
    with tempfile.TemporaryFile("w+") as output:
        for turn in range(-2, turns):  # the first two come to caches that are cold
            random.shuffle(order)
            for kind in order:
                run_once(command, environments["plain"], output)
                figures = [(name, [run_once(command, environments[kind], output)]), *own_figures(output)]
                for operation, ns in figures if turn >= 0 else ():
                    times.setdefault((operation, kind), []).extend(ns)
    for (operation, kind), values in times.items():
        print(json.dumps({"operation": operation, "kind": kind, "ns": values}))


if __name__ == "__main__":
    main()
