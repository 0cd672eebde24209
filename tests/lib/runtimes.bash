# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the tests of runtimes share.  Each runs a program plainly and recorded, which
# must make no difference to what it prints and how it ends, and then looks at the
# report.  Modules of their own are compiled without the runtimes' headers: what they
# call is declared by hand, and found in the program that loads them.

# compile FILE [FLAGS...] <source on stdin>: a module in C
compile() {
	local file=$1
	shift
	gcc -shared -fPIC -O1 -w -x c - -o "$file" "$@"
}

# both_ways CMD...: runs it plainly and recorded; the report is in report.json
both_ways() {
	local plain=0 recorded=0
	"$@" >plain.out 2>plain.err </dev/null || plain=$?
	"$DLSCOPE" record --strict -o T -- "$@" >recorded.out 2>recorded.err </dev/null || recorded=$?
	[ "$plain" -eq "$recorded" ] ||
		fail "status $plain plainly, $recorded recorded: $(cat plain.err recorded.err)"
	diff plain.out recorded.out && diff plain.err recorded.err
	"$DLSCOPE" report T --format json >report.json
}

# modules RUNTIME EXPECTED: the modules of that runtime are these in this order, as
# "name outcome" each, separated by commas
modules() {
	"$PYTHON" -c '
import json, sys
runtime, expected = sys.argv[1:]
r = json.load(open("report.json"))
seen = [m["name"] + " " + m["outcome"] for m in r["modules"] if m["runtime"] == runtime]
assert seen == expected.split(", "), seen' "$@"
}

# check PYTHON: runs it with the report as r, modules by name as m, failures by module
check() {
	"$PYTHON" -c "
import json
r = json.load(open('report.json'))
m = {x['name']: x for x in r['modules']}
failed = {f['module']: f for f in r['failures'] if f['module']}
programs = {p['exe'].split('/')[-1]: (p['runtime'] or {}) for p in r['processes']}
$1" || { "$DLSCOPE" report T --limit 0; return 1; }
}

# Called at the end of each test: notes the runtimes whose modules a test that passed
# has seen, with their versions, for scripts/runtimes_table.
teardown() {
	[ -z "${BATS_TEST_COMPLETED-}" ] || [ ! -s report.json ] || note_runtimes
}

note_runtimes() {
	mkdir -p "$DLSCOPE_BUILD/tests/runtimes" 2>/dev/null && "$PYTHON" - "$DLSCOPE_BUILD/tests/runtimes" <<-'END' || true
		import json, pathlib, sys
		r = json.load(open("report.json"))
		versions = {p["runtime"]["name"]: p["runtime"]["version"] for p in r["processes"] if p["runtime"]}
		for name in {m["runtime"] for m in r["modules"] if m["runtime"] and m["outcome"] == "ok" and m["kind"] != "builtin"}:
		    (pathlib.Path(sys.argv[1]) / name).write_text(versions.get(name) or "")
		for via in {load["via"] for load in r["loads"] if load["via"] and load["outcome"] == "loaded"}:
		    (pathlib.Path(sys.argv[1]) / ("via " + via)).write_text("")
	END
}
