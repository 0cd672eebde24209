#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares a report's modules with what the interpreter itself says of the run.

compare_modules.py REPORT.json MODULES IMPORTTIME

MODULES: names of the extension modules in sys.modules, one a line, with the file
of each after a blank.  IMPORTTIME: stderr of -X importtime.  Every name must be
in the report, with its file, with open and init times that are not zero, and
native time that does not exceed the interpreter's cumulative time (which is
rounded up to us, Python/import.c).  Prints what does not hold.
"""
import json
import re
import sys


def read_importtime(path):
    """Cumulative ns by module name."""
    times = {}
    for line in open(path):
        match = re.match(r"import time:\s+\d+ \|\s+(\d+) \|\s+(\S+)", line)
        if match:
            times[match[2]] = int(match[1]) * 1000
    return times


def complaints(report, expected, cumulative):
    found = {}
    for module in report["modules"]:
        found.setdefault(module["name"], []).append(module)
    paths = {o["id"]: o["path"] for o in report["objects"]}
    for name, path in expected.items():
        if name not in found:
            yield f"{name}: not in the report"
            continue
        module = found.pop(name)[0]
        if module["outcome"] != "ok" or module["runtime"] != "cpython":
            yield f"{name}: outcome {module['outcome']}, runtime {module['runtime']}"
        if paths.get(module["object"], module["object"]) != path:
            yield f"{name}: object {module['object']} instead of {path}"
        if not module["open_ns"] or not module["init_ns"]:
            yield f"{name}: open {module['open_ns']} ns, init {module['init_ns']} ns"
        if name not in cumulative:
            yield f"{name}: not known to importtime"
        elif module["open_ns"] + module["resolve_ns"] + module["init_ns"] > cumulative[name]:
            yield f"{name}: {module} exceeds the {cumulative[name]} ns of importtime"
    for name in found:
        yield f"{name}: in the report, but not in sys.modules"


def main():
    report_path, modules_path, importtime_path = sys.argv[1:]
    expected = dict(line.rstrip("\n").split(" ", 1) for line in open(modules_path))
    if len(expected) < 2:
        sys.exit("too few modules to compare")
    wrong = list(complaints(json.load(open(report_path)), expected, read_importtime(importtime_path)))
    print(*wrong, sep="\n")
    sys.exit(1 if wrong else 0)


main()
