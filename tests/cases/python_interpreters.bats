# SPDX-License-Identifier: MIT
# Several modules in one file, several instances of one, sub-interpreters.

load ../lib/common
load ../lib/pythons
load ../lib/extensions

# Fills in interpreters.py: FUNCTION(create, run) with what the version calls them.
cat_interpreters() {
	cat <<-'END'
		import sys
		try: import _interpreters as s
		except ImportError:
		    try: import _xxsubinterpreters as s
		    except ImportError: sys.exit(77)
		def create(own_gil):
		    if hasattr(s, "new_config"): return s.create("isolated" if own_gil else "legacy", reqrefs=False)
		    return s.create(isolated=own_gil) if sys.version_info >= (3, 9) else s.create()
		def run(interpreter, code):
		    error = s.run_string(interpreter, code)
		    if error is not None: raise RuntimeError(error)
	END
}

# record_script PYTHON: script.py without and with dlscope: no difference
record_script() {
	"$1" script.py >plain
	"$DLSCOPE" record --strict -o T -- "$1" script.py >recorded
	diff plain recorded
	"$DLSCOPE" report T --format json >report.json
}

own_interpreters_of() {
	"$1" -c 'import sys; sys.exit(sys.version_info < (3, 8))' || return 0
	build_extension "$1" interpreters.c own_gil.so
	cat_interpreters >script.py
	cat >>script.py <<-'END'
		sys.path.insert(0, ".")
		import own_gil
		for own in False, True, True:
		    run(create(own), "import sys; sys.path.insert(0, '.'); import own_gil")
	END
	local status=0
	"$1" script.py || status=$?
	((status == 77)) && return 0 # built without the module of sub-interpreters
	record_script "$1"
	"$PYTHON" - <<-'END'
		import json
		r = json.load(open("report.json"))
		mine = [m for m in r["modules"] if m["name"] == "own_gil"]
		assert [m["interpreter"] for m in mine] == ["main", "1", "2", "3"], mine
		assert all(m["exec_ns"] and m["init_ns"] and m["outcome"] == "ok" for m in mine), mine
	END
	dlscope report T
	assert_output_has 'Interpreters, and what they imported'
}

@test "each instance belongs to the interpreter that imported it" {
	for_each_python own_interpreters_of
}

refused_by() {
	"$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || return 0
	build_extension "$1" interpreters.c main_only.so
	ln -sf main_only.so silent.so
	cat_interpreters >script.py
	cat >>script.py <<-'END'
		sys.path.insert(0, ".")
		for name in "main_only", "silent":
		    try: run(create(True), "import sys; sys.path.insert(0, '.'); import " + name)
		    except Exception: print("refused", name)
	END
	record_script "$1"
	[ "$(cat recorded)" = $'refused main_only\nrefused silent' ]
	assert_json report.json '[f["headline"] for f in d["failures"] if f["kind"] == "init-bad-result"] == ["module main_only does not support loading in subinterpreters", "module silent does not support loading in subinterpreters with a GIL of their own"]'
}

@test "a module that refuses sub-interpreters" {
	for_each_python refused_by
}

# A GIL each: the imports of two threads run at the same time.
threads_of() {
	"$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || return 0
	build_extension "$1" interpreters.c own_gil.so
	cat_interpreters >script.py
	cat >>script.py <<-'END'
		import threading
		code = "import sys; sys.path.insert(0, '.')\nfor i in range(50):\n    sys.modules.pop('own_gil', None); import own_gil"
		ts = [threading.Thread(target=run, args=(create(True), code)) for i in range(4)]
		for t in ts: t.start()
		for t in ts: t.join()
	END
	record_script "$1"
	"$PYTHON" - <<-'END'
		import collections, json
		r = json.load(open("report.json"))
		mine = [m for m in r["modules"] if m["name"] == "own_gil"]
		assert collections.Counter(m["interpreter"] for m in mine) == {"1": 50, "2": 50, "3": 50, "4": 50}
		assert all(m["exec_ns"] for m in mine)
		assert all(0 < m["self_ns"] <= m["total_ns"] for m in r["modules"])
	END
	"$DLSCOPE" report T --format importtime >times
	[ "$(grep -c '^import time: *[0-9]* | *[0-9]* | *own_gil$' times)" -eq 200 ]
	if grep -q -- '-[0-9]' times; then fail "a negative time: $(cat times)"; fi
}

@test "four interpreters import at the same time, a GIL each" {
	for_each_python threads_of
}

several_of() {
	is_python_2 "$1" && return
	build_extension "$1" interpreters.c own_gil.so
	ln -sf own_gil.so silent.so
	cat >script.py <<-'END'
		import sys, importlib.machinery as m, importlib.util as u
		sys.path.insert(0, ".")
		import own_gil, silent
		def by_hand(name):
		    loader = m.ExtensionFileLoader(name, "./own_gil.so")
		    module = u.module_from_spec(u.spec_from_loader(name, loader))
		    loader.exec_module(module)
		    return module
		print(by_hand("main_only").executed, by_hand("pkg.main_only").executed)
	END
	record_script "$1"
	[ "$(cat recorded)" = "1 1" ]
	"$PYTHON" - <<-'END'
		import json
		r = json.load(open("report.json"))
		mine = [m for m in r["modules"] if (m["object"] or "").endswith(("own_gil.so", "silent.so"))]
		assert [m["name"] for m in mine] == ["own_gil", "silent", "main_only", "pkg.main_only"], mine
		assert all(m["exec_ns"] and m["init_ns"] and m["outcome"] == "ok" and m["requested_at"]["file"].endswith("script.py") for m in mine), mine
	END
}

@test "several modules in one file, by links and by an importer" {
	for_each_python several_of
}
