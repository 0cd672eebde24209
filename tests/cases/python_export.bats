# SPDX-License-Identifier: MIT
# Export hooks of CPython 3.15 and later.

load ../lib/common
load ../lib/pythons
load ../lib/extensions

# Sets python to one that has export hooks.
need_export_hooks() {
	for python in $(find_pythons); do
		"$python" -c 'import sys; sys.exit(sys.version_info < (3, 15))' && return
	done
	skip "no CPython 3.15 here (make test-matrix has one)"
}

# record_exports NAME...: imports each twice, without and with dlscope: no difference
record_exports() {
	need_export_hooks
	build_extension "$python" export.c export.so
	for name; do ln -sf export.so "$name.so"; done
	cat >importer.py <<-'END'
		import sys
		sys.path.insert(0, ".")
		for name in sys.argv[1:] * 2:
		    sys.modules.pop(name, None)
		    try:
		        print(name, __import__(name).token_kept)
		    except Exception as error:
		        print(name, type(error).__name__, error)
	END
	"$python" importer.py "$@" >plain
	"$DLSCOPE" record --strict -o T -- "$python" importer.py "$@" >recorded
	diff plain recorded
	"$DLSCOPE" report T --format json >report.json
}

@test "hooks and their exec functions are timed, and tokens kept" {
	record_exports plain named both
	grep -c ' 1$' recorded | grep -qx 6
	assert_json report.json 'sorted((m["name"], m["kind"], m["symbol"], m["outcome"]) for m in d["modules"] if m["symbol"].startswith("PyModExport")) == [(n, "export-hook", "PyModExport_" + n, "ok") for n in ("both", "both", "named", "named", "plain", "plain")]'
	assert_json report.json 'all(m["open_ns"] and m["init_ns"] and m["exec_ns"] for m in d["modules"] if m["kind"] == "export-hook")'
	assert_json report.json 'not [m for m in d["modules"] if m["symbol"] == "PyInit_both"]'
}

@test "slots in slots" {
	record_exports nested
	assert_json report.json '[(m["create_ns"] > 0, m["exec_ns"] > 0) for m in d["modules"] if m["name"] == "nested"] == [(True, True)] * 2'
}

@test "a name that is not ASCII" {
	record_exports café
	assert_json report.json '[(m["symbol"], m["exec_ns"] > 0) for m in d["modules"] if m["name"] == "café"] == [("PyModExportU_caf_dma", True)] * 2'
}

@test "hooks that fail" {
	record_exports fails silent
	assert_json report.json '{("exec-error", "fails: the exec function in m_slots[2] raised ImportError: not today"), ("init-null", "module export hook for module silent failed without setting an exception")} <= {(f["kind"], f["headline"]) for f in d["failures"]}'
}

@test "a module without hook is looked up, and opened, twice: one module, no failure" {
	need_export_hooks
	build_extension "$python" failing.c failing.so
	ln -s failing.so spam.so
	"$DLSCOPE" record --strict -o T -- "$python" -c 'import sys; sys.path.insert(0, ".")
import spam'
	"$DLSCOPE" report T --format json >report.json
	assert_json report.json '[(m["symbol"], m["outcome"]) for m in d["modules"] if m["name"] == "spam"] == [("PyInit_spam", "ok")]'
	assert_json report.json '[(f["missing"], f["severity"]) for f in d["failures"] if "spam" in f["missing"]] == [("PyModExport_spam", "probe")]'
	assert_json report.json '[m["open_ns"] for m in d["modules"] if m["name"] == "spam"] == [sum(l["duration_ns"] for l in d["loads"] if "spam" in l["requested"])]'
}
