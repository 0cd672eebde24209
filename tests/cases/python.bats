# SPDX-License-Identifier: MIT
# CPython: the report against what the interpreter says of the same run.

load ../lib/common

# compare IMPORTS: records, reports, compares
compare() {
	"$DLSCOPE" record --strict -o T -- "$PYTHON" -X importtime -c "import $1
exec(open('$DLSCOPE_SOURCE/tests/lib/list_modules.py').read())" >modules 2>importtime
	"$DLSCOPE" report T --format json >report.json
	"$PYTHON" "$DLSCOPE_SOURCE/tests/lib/compare_modules.py" report.json modules importtime
}

@test "numpy: every extension module of sys.modules, name by name, within importtime" {
	compare numpy
}

@test "the standard library's extension modules, likewise" {
	compare "sqlite3, ssl, ctypes, decimal, bz2, lzma, curses, json, hashlib, multiprocessing.shared_memory"
}

@test "an import that fails is told with its cause" {
	printf 'not an object\n' >broken.so
	"$DLSCOPE" record -o T -- "$PYTHON" -c 'import sys; sys.path.insert(0, ".")
try: import broken
except ImportError as e: print(e)' >out
	grep -q "file too short\|invalid ELF header" out
	dlscope report T --format json
	assert_status 0
	"$PYTHON" -c '
import json, sys
r = json.load(sys.stdin)
[f] = [f for f in r["failures"] if "broken" in f["message"]]
assert f["kind"] in ("truncated", "not-elf"), f
[l] = [l for l in r["loads"] if "broken" in l["requested"]]
assert l["outcome"] == "failed" and l["error"] == f["message"], (l, f)
' <<<"$output"
}

@test "the trace is plain CTF that babeltrace2 reads" {
	"$DLSCOPE" record -o T -- "$PYTHON" -c 'import _ctypes'
	babeltrace2 T >events
	grep -q 'dlscope:load_begin.*_ctypes' events
	grep -q 'dlscope:init_end.*multi-phase' events
}

@test "a program's children and what they exec are followed" {
	"$DLSCOPE" record -o T -- sh -c "'$PYTHON' -c 'import os
if os.fork() == 0:
    import _json
    os._exit(0)
os.wait()
os.execl(\"$PYTHON\", \"$PYTHON\", \"-c\", \"import _decimal\")'"
	dlscope report T --format json
	"$PYTHON" -c '
import json, sys
r = json.load(sys.stdin)
names = {m["name"]: m["process"] for m in r["modules"]}
assert names["_json"] != names["_decimal"], names
' <<<"$output"
}
