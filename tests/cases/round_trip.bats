# SPDX-License-Identifier: MIT
# Every event of the schema through LTTng and back: emit_events writes each with
# known values and prints what it expects to be read.  The values and the
# expectations are made from trace_events.def, so a new field needs no line here.

load ../lib/common

# emit_events takes the shim's place: its dlscope_attach() comes before the one of
# the preloaded libdlscope.so.
record_known() {
	"$DLSCOPE" record -o T -- "$PROGRAMS/emit_events" --known >expected
	"$DLSCOPE" events T >read
}

@test "every field of every event comes back" {
	record_known
	"$PYTHON" - "$DLSCOPE_SOURCE/shim/trace_events.def" <<-'END'
		import json, re, sys
		expected, read = ([json.loads(line) for line in open(name)] for name in ("expected", "read"))
		schema = re.sub(r"/\*.*?\*/", "", open(sys.argv[1]).read(), flags=re.S)
		names = re.findall(r"TRACEPOINT_EVENT\(dlscope, (\w+)", schema)
		assert [e["event"] for e in expected] == names, "not every event was emitted"
		for event in read:
		    assert event.pop("time_ns") > 0
		    assert event.pop("host")
		assert [e["event"] for e in read] == names, [e["event"] for e in read]
		for a, b in zip(expected, read):
		    assert a == b, "\n".join(f"{a['event']}.{k}: wrote {a.get(k)!r}, read {b.get(k)!r}"
		                             for k in a.keys() | b.keys() if a.get(k) != b.get(k))
		    texts = [v for v in a.values() if isinstance(v, str)]
		    assert len(set(texts)) == len(texts), "two fields had one value"
	END
}

@test "babeltrace2 reads it too" {
	record_known
	[ "$(babeltrace2 T | wc -l)" -eq "$(wc -l <expected)" ]
}
