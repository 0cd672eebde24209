# SPDX-License-Identifier: MIT
# CPythons that lay out their objects otherwise: free-threaded, with Py_TRACE_REFS, unknown.

load ../lib/common

# record_layout WORDS: a host whose objects begin with that many, without and with dlscope
record_layout() {
	local source=$DLSCOPE_SOURCE/tests/extensions/layouts.c
	"${CC:-cc}" -O1 -rdynamic -DHEADER="$1" -o host "$source"
	"${CC:-cc}" -O1 -shared -fPIC -DHEADER="$1" -DMODULE -o laid.so "$source"
	./host >plain
	"$DLSCOPE" record --strict -o T -- ./host >recorded
	diff plain recorded
	"$DLSCOPE" report T --format json >report.json
	assert_json report.json '[(p["runtime"]["name"], p["runtime"]["version"]) for p in d["processes"]] == [("cpython", "3.99.0")]'
}

@test "the usual header of two words" {
	record_layout 2
	assert_json report.json '[(m["kind"], m["outcome"], m["exec_ns"] > 0) for m in d["modules"] if m["name"] == "laid"] == [("multi-phase", "ok", True)]'
	assert_json report.json 'd["processes"][0]["blind_spots"] == []'
}

@test "four words: free-threaded, or Py_TRACE_REFS" {
	record_layout 4
	assert_json report.json '[(m["kind"], m["outcome"], m["exec_ns"] > 0) for m in d["modules"] if m["name"] == "laid"] == [("multi-phase", "ok", True)]'
	assert_json report.json 'd["processes"][0]["blind_spots"] == []'
}

@test "any other: left alone, and said so" {
	record_layout 6
	assert_json report.json '[(m["kind"], m["outcome"], m["init_ns"] > 0, m["exec_ns"]) for m in d["modules"] if m["name"] == "laid"] == [("other", "ok", True, 0)]'
	assert_json report.json '[s["count"] for s in d["processes"][0]["blind_spots"]] == [1]'
	dlscope report T
	assert_output_has "lays its objects out unlike any known"
}
