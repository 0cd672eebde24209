# SPDX-License-Identifier: MIT
"""Reads the tables (*.def) for scripts.

The compiler reads them by redefining a macro; so does this, with the same
preprocessor: each argument of a row comes back as text, strings without quotes.
"""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARK = "\x1f"


def preprocess(path, definitions):
    """The file after the preprocessor, with `definitions` in front of it."""
    source = definitions + f'\n#include "{ROOT / path}"\n'
    compiler = os.environ.get("CC", "cc").split()
    result = subprocess.run(compiler + ["-E", "-P", "-x", "c", "-"], input=source, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{path} does not preprocess: {result.stderr.strip()}")
    return result.stdout


def unquote(argument):
    """Adjacent C strings become their text; anything else stays as it is."""
    argument = argument.strip()
    if not argument.startswith('"'):
        return argument
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', argument)
    return "".join(parts).replace('\\"', '"').replace("\\\\", "\\").replace("\\n", "\n")


def split_arguments(text):
    """Splits at the commas outside strings and parentheses."""
    arguments, depth, begin = [], 0, 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)+\'|[(){},]', text):
        token = match.group()
        if token in "({":
            depth += 1
        elif token in ")}":
            depth -= 1
        elif token == "," and depth == 0:
            arguments.append(text[begin:match.start()])
            begin = match.end()
    return [unquote(argument) for argument in arguments + [text[begin:]]]


def rows(path, macro):
    """Arguments of every MACRO(...) of the table, a list each, in order."""
    text = preprocess(path, f"#define {macro}(...) {MARK} __VA_ARGS__ {MARK}")
    return [split_arguments(row.replace("\n", " ")) for row in text.split(MARK)[1::2]]
