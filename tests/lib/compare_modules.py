#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares a report's modules with what the interpreter itself says of the run.

compare_modules.py REPORT.json MODULES IMPORTTIME

MODULES: names of the extension and built-in modules in sys.modules, one a line,
with the file of each, or "built-in", after a blank.  IMPORTTIME: stderr of -X
importtime, or empty for a Python that has none (2.7, 3.6).  Every name must be in the report, an extension module with its file
and with open and init times that are not zero, and no native time may exceed the
interpreter's cumulative time (which is rounded up to us, Python/import.c; the
modules that the interpreter needs to start are not in it).  Nothing else may be in
the report.  Prints what does not hold.
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


def place_complaints(module, path):
    if path == "built-in":
        if module["object"] or module["kind"] != "builtin" or module["open_ns"]:
            yield f"a built-in module, and not {module}"
        return
    if module["object"] != path:
        yield f"object {module['object']} instead of {path}"
    if not module["open_ns"] or not module["init_ns"]:
        yield f"open {module['open_ns']} ns, init {module['init_ns']} ns"


def module_complaints(module, path, cumulative):
    if module["outcome"] != "ok" or module["runtime"] != "cpython":
        yield f"outcome {module['outcome']}, runtime {module['runtime']}"
    yield from place_complaints(module, path)
    spent = sum(module[part + "_ns"] for part in ("open", "resolve", "init", "create", "exec"))
    if module["total_ns"] != spent:
        yield f"the parts make {spent} ns, the total is {module['total_ns']}"
    if cumulative is not None and spent > cumulative:
        yield f"{module} exceeds the {cumulative} ns of importtime"


def complaints(report, expected, cumulative):
    found = {}
    for module in report["modules"]:
        found.setdefault(module["name"], []).append(module)
    for name, path in expected.items():
        if cumulative and name not in cumulative and path != "built-in":
            yield f"{name}: not known to importtime"
        if name not in found:
            yield f"{name}: not in the report"
            continue
        for complaint in module_complaints(found.pop(name)[0], path, cumulative.get(name)):
            yield f"{name}: {complaint}"
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
