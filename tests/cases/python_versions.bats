# SPDX-License-Identifier: MIT
# Every CPython that can be had (tests/lib/pythons.bash): its modules, and the line
# that asked for each.

load ../lib/common
load ../lib/pythons
load ../lib/extensions

modules_of() {
	"$DLSCOPE" record --strict -o T -- "$1" -c "import ctypes, json, csv, array, math, ssl
exec(open('$DLSCOPE_SOURCE/tests/lib/list_modules.py').read())" >modules
	"$DLSCOPE" report T --format json >report.json
	"$PYTHON" "$DLSCOPE_SOURCE/tests/lib/compare_modules.py" report.json modules /dev/null
	"$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' >version
	"$PYTHON" -c '
import json
r = json.load(open("report.json"))
version = open("version").read().strip()
[p] = r["processes"]
assert p["runtime"]["name"] == "cpython" and p["runtime"]["version"].startswith(version), p["runtime"]
'
}

@test "every extension and built-in module, name by name" {
	for_each_python modules_of
}

lines_of() {
	printf 'import sys\ndef ask():\n    import _csv, _socket, ctypes\n    ctypes.CDLL("libm.so.6")\n\nask()\n' >ask.py
	"$DLSCOPE" record --strict -o T -- "$1" ask.py
	"$DLSCOPE" report T --format json >report.json
	"$PYTHON" -c '
import json
r = json.load(open("report.json"))
asked = {m["name"]: m["requested_at"] for m in r["modules"]}
for name in "_csv", "_socket", "_ctypes": # ctypes itself is between, and folded away
    at = asked[name]
    assert (at["file"].split("/")[-1], at["line"], at["function"]) == ("ask.py", 3, "ask"), (name, at)
[load] = [l for l in r["loads"] if l["requested"] == "libm.so.6"]
at = load["requested_at"]
assert (at["file"].split("/")[-1], at["line"], at["function"]) == ("ask.py", 4, "ask"), load
lines = [(f["function"], f["line"]) for f in load["stack"] if f["kind"] == "python" and f["file"].endswith("ask.py")]
assert lines == [("ask", 4), ("<module>", 6)], load["stack"]
'
}

@test "the Python line that asked for each module and library" {
	for_each_python lines_of
}

undisturbed_by() {
	cat >odd.py <<-'END'
		import gc, sys, ctypes
		class Loud(object):
		    def __del__(self): sys.stdout.write("finalized\n")
		def counts(): return [sys.getrefcount(o) for o in (None, counts.__code__, sys._getframe())]
		try:
		    raise KeyError("kept")
		except KeyError:
		    before = sys.exc_info()[1]
		    for i in range(50):
		        ctypes.CDLL("libm.so.6")
		        try: ctypes.CDLL("libmissing.so")
		        except OSError: pass
		    print(sys.exc_info()[1] is before)
		loud = Loud(); loud.self = loud; del loud
		frame = sys._getframe()
		first = sys.getrefcount(frame.f_code), len(gc.get_objects()) // 1000
		for i in range(200): ctypes.CDLL("libm.so.6")
		print((sys.getrefcount(frame.f_code), len(gc.get_objects()) // 1000) == first)
		print(gc.collect() > 0)
	END
	"$1" odd.py >plain
	"$DLSCOPE" record --strict -o T -- "$1" odd.py >recorded
	diff plain recorded
}

@test "exceptions, references and the garbage collector are left alone" {
	for_each_python undisturbed_by
}

nested_of() {
	local i
	for i in {1..30}; do echo "import nested$((i + 1))" >nested$i.py; done
	echo 'import ctypes; ctypes.CDLL("libm.so.6")' >nested31.py
	printf 'import sys\nsys.path.insert(0, ".")\nimport nested1\n' >outermost.py
	"$DLSCOPE" record --strict -o T -- "$1" outermost.py
	"$DLSCOPE" report T --format json >report.json
	"$PYTHON" -c '
import json
[load] = [l for l in json.load(open("report.json"))["loads"] if l["requested"] == "libm.so.6"]
frames = [(f["file"].split("/")[-1], f["line"]) for f in load["stack"] if f["kind"] == "python" and "ctypes" not in f["file"]]
assert frames[-1] == ("outermost.py", 3) and frames[0] == ("nested31.py", 1) and len(frames) == 32, frames
'
}

@test "imports nested thirty deep: the outermost line is still there" {
	for_each_python nested_of
}

many_of() {
	"$DLSCOPE" record --strict -o T -- "$1" -W ignore -c "exec(open('$DLSCOPE_SOURCE/tests/lib/import_many.py').read())
exec(open('$DLSCOPE_SOURCE/tests/lib/list_modules.py').read())" >modules
	[ "$(wc -l <modules)" -ge 60 ]
	[ "$1" != "$(realpath "$PYTHON")" ] || grep -q '^numpy\.' modules
	"$DLSCOPE" report T --format json >report.json
	"$PYTHON" "$DLSCOPE_SOURCE/tests/lib/compare_modules.py" report.json modules /dev/null
}

@test "all extension modules of the standard library, and numpy: as sys.modules has them" {
	for_each_python many_of
}
