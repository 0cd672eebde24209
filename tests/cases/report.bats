# SPDX-License-Identifier: MIT
# Reports on recorded traces (tests/traces), and on what is no trace.
#
# bats file_tags=analyzer

load ../lib/common

SCHEMA=$DLSCOPE_SOURCE/analyzer/report.schema.json

# A copy of a recorded trace to damage: T.
copy_trace() {
	cp -r "$TRACES/$1/trace" T
}

# Reads T, which is bad: one sentence with $1 in it, status 2, no output file.
assert_refused() {
	local verb
	for verb in report events; do
		dlscope "$verb" T -o out
		assert_status 2
		assert_output_empty
		assert_one_complaint
		assert_stderr_has "$1"
		[ -z "$(ls -d out* 2>/dev/null)" ] || fail "$verb left something: $(ls)"
	done
}

# libsmartcols after 2.38 makes columns only as wide as what is in them.
same_table() {
	case $(pkg-config --modversion smartcols) in
	2.38*) diff -u "$1" "$2" ;;
	*) diff -uw "$1" "$2" ;;
	esac
}

@test "reports of recorded traces are as expected" {
	local expected name version format
	version=$(cat "$DLSCOPE_SOURCE/VERSION")
	for expected in "$TRACES"/*/report.json; do
		name=$(basename "$(dirname "$expected")")
		rm -rf trace
		cp -r "$TRACES/$name/trace" trace
		"$DLSCOPE" report trace >text
		same_table "$TRACES/$name/report.txt" text || fail "$name: text differs"
		"$DLSCOPE" report trace --format json >json
		sed "s/^    \"version\": \"[0-9.]*\"$/    \"version\": \"$version\"/" "$expected" |
			diff -u - json || fail "$name: JSON differs"
		for format in importtime folded; do
			"$DLSCOPE" report trace --format $format | diff -u "$TRACES/$name/report.$format" - || fail "$name: $format differs"
		done
	done
}

@test "JSON reports obey the schema" {
	local trace
	for trace in "$TRACES"/*/report.json; do
		"$DLSCOPE" report "$(dirname "$trace")/trace" --json >json
		"$PYTHON" - "$SCHEMA" json <<-'END' || fail "$trace"
			import json, jsonschema, sys
			schema, document = (json.load(open(path)) for path in sys.argv[1:])
			jsonschema.Draft202012Validator.check_schema(schema)
			jsonschema.Draft202012Validator(schema).validate(document)
		END
	done
}

@test "the schema refuses what is not in it" {
	"$DLSCOPE" report "$TRACES/nested/trace" --json >json
	"$PYTHON" - "$SCHEMA" json <<-'END'
		import copy, json, jsonschema, sys
		schema, document = (json.load(open(path)) for path in sys.argv[1:])
		check = jsonschema.Draft202012Validator(schema).is_valid
		assert check(document)
		for table in ("processes", "modules", "loads", "symbols", "objects"):
		    for member in list(document[table][0]):
		        if member.endswith("_bytes"):
		            continue
		        less = copy.deepcopy(document)
		        del less[table][0][member]
		        assert not check(less), (table, member)
		    more = copy.deepcopy(document)
		    more[table][0]["surprise"] = 1
		    assert not check(more), table
	END
}

@test "nested loads: the numbers worked out by hand in events.txt" {
	"$DLSCOPE" report "$TRACES/nested/trace" --json >json
	assert_json json '{m["name"]: [m[k + "_ns"] for k in ("open", "resolve", "init", "total", "self")] for m in d["modules"]} == {
		"pkg.outer": [960, 10, 1920, 2890, 1970], "pkg.sub.inner": [500, 20, 100, 620, 620], "other": [700, 5, 50, 755, 740]}'
	assert_json json '[m["parent"] for m in d["modules"]] == [None, None, [n["id"] for n in d["modules"] if n["name"] == "pkg.outer"][0]]'
	assert_json json 'd["processes"][0]["native_load_ns"] == 3652'
	assert_json json '[l["parent"] for l in d["loads"]] == [None, None, 1, None]'
	assert_json json '[l["self_ns"] for l in d["loads"]] == [660, 700, 300, 500]'
	assert_json json '[s for s in d["symbols"] if s["symbol"] == "compute"][0]["count"] == 2'
}

@test "processes: exec, exit, kill, still running, unknown" {
	"$DLSCOPE" report "$TRACES/processes/trace" --json >json
	assert_json json '[p["outcome"] for p in d["processes"]] == ["exited", "exec", "killed", "running", "unknown"]'
	assert_json json '[(b["kind"], b["count"]) for b in d["processes"][0]["blind_spots"]] == [("calls_reentrant", 2), ("callers_unknown", 5)]'
	assert_json json 'd["processes"][2]["argv"] == ["python3", "-m", "job"]'
}

@test "failures: kinds, what is missing, and which are only probes" {
	"$DLSCOPE" report "$TRACES/failures/trace" --json >json
	assert_json json '[(f["kind"], f["severity"]) for f in d["failures"]] == [
		("file-not-found", "probe"), ("file-not-found", "failure"), ("dependency-not-found", "failure"),
		("symbol-version", "failure"), ("undefined-symbol", "failure"), ("unwound", "failure"),
		("undefined-symbol", "probe"), ("undefined-symbol", "probe"), ("undefined-symbol", "probe"),
		("undefined-symbol", "failure"), ("init-symbol-missing", "failure"), ("init-null", "failure"),
		("unwound", "failure")]'
	assert_json json 'd["failures"][2]["missing"] == "libgone.so.6" and d["failures"][2]["needed_by"] == "/app/caf\\xe9.so"'
	assert_json json '__import__("base64").b64decode(d["failures"][2]["needed_by_bytes"]) == b"/app/caf\xe9.so"'
	assert_json json 'd["failures"][9]["count"] == 2'
	assert_json json '{m["name"]: m["outcome"] for m in d["modules"]} == {"empty": "failed", "pkg.null": "failed", "jump": "unwound", "plug\\xff\x1bin": "ok"}'
}

@test "a crash is told with what was running" {
	"$DLSCOPE" report "$TRACES/in-flight/trace" --json >json
	assert_json json '[(f["kind"], f["severity"]) for f in d["failures"]] == [("crash-in-constructor", "fatal"), ("crash-in-init", "fatal")]'
	assert_json json '[m["outcome"] for m in d["modules"]] == ["in-flight"]'
	assert_json json '[l["outcome"] for l in d["loads"]] == ["loaded", "in-flight"]'
}

@test "CPython's slots, built-in modules and lines of source: the numbers of events.txt" {
	"$DLSCOPE" report "$TRACES/cpython/trace" --json >json
	assert_json json '[[m["name"], m["kind"], m["outcome"]] + [m[k + "_ns"] for k in ("open", "resolve", "init", "create", "exec", "total", "self")] for m in d["modules"]] == [
		["time", "builtin", "ok", 0, 0, 30, 0, 70, 100, 100],
		["pkg.core", "multi-phase", "ok", 1000, 20, 100, 40, 3060, 4220, 2960],
		["pkg.sub.inner", "multi-phase", "ok", 400, 10, 50, 0, 600, 1060, 1060],
		["pkg.core", "multi-phase", "ok", 15, 5, 10, 0, 8, 38, 38],
		["nocreate", "multi-phase", "failed", 300, 0, 20, 5, 0, 325, 325],
		["pkg.bad", "multi-phase", "failed", 500, 10, 20, 0, 90, 620, 620],
		["other", "single-phase", "ok", 250, 10, 20, 0, 0, 280, 280]]'
	assert_json json '[m["requested_at"] and (m["requested_at"]["function"], m["requested_at"]["line"]) for m in d["modules"]] == [
		None, ("<module>", 7), ("set;up", 2), ("again", 9), ("work", 40), ("main", 12), None]'
	assert_json json 'd["modules"][0]["object"] is None and d["modules"][2]["parent"] == d["modules"][1]["id"]'
	assert_json json '__import__("base64").b64decode(d["modules"][2]["requested_at"]["file_bytes"]) == b"/app/caf\xe9\n.py"'
	assert_json json '[(f["kind"], f["requested_at"]["line"]) for f in d["failures"]] == [("init-error", 40), ("exec-error", 12), ("file-not-found", 4)]'
	assert_json json '[(f["kind"], f["line"]) for f in d["loads"][0]["stack"]] == [("native", None), ("python", 7), ("python", 3)]'
	assert_json json 'd["loads"][0]["requested_at"] == {"file": "/app/pkg/__init__.py", "line": 7, "function": "<module>"}'
	assert_json json 'd["processes"][0]["native_load_ns"] == 5883'
}

@test "importtime: the interpreter's own layout, for whom has tools for it" {
	"$PYTHON" -X importtime -c 'import json' 2>theirs
	"$DLSCOPE" report "$TRACES/cpython/trace" --format importtime >ours
	"$PYTHON" - <<-'END'
		import re
		ours, theirs = (open(name).read().splitlines() for name in ("ours", "theirs"))
		assert ours[0] == theirs[0], (ours[0], theirs[0])
		line = re.compile(r"import time: {1,9}\d+ \| {1,10}\d+ \| (?:  )*\S+$")
		assert all(line.match(text) for text in theirs[1:]), theirs
		assert all(line.match(text) for text in ours[1:]), ours
	END
	"$DLSCOPE" report "$TRACES/cpython/trace" --format importtime --noheadings --min-time 1us >ours
	[ "$(grep -c '' ours)" -eq 2 ] || fail "$(cat ours)"
	"$DLSCOPE" report "$TRACES/processes/trace" --format importtime >ours
	[ "$(grep -v '^import time: ' ours)" = "$(printf '# process %s (python3.11)\n' 201 202)" ] || fail "$(cat ours)"
}

@test "folded: frames, a blank, nanoseconds that add up" {
	local trace
	for trace in cpython nested failures processes; do
		"$DLSCOPE" report "$TRACES/$trace/trace" --format folded >folded
		"$DLSCOPE" report "$TRACES/$trace/trace" --json >json
		"$PYTHON" - <<-'END' || fail "$trace"
			import json, os
			lines = [line.rstrip("\n").rpartition(" ") for line in open("folded", encoding="utf-8")]
			assert len({stack for stack, _, _ in lines}) == len(lines)
			assert all("" not in stack.split(";") for stack, _, _ in lines)
			for process in json.load(open("json"))["processes"]:
			    program = f"{os.path.basename(process['exe'])} ({process['pid']});"
			    own = [int(ns) for stack, _, ns in lines if stack.startswith(program)]
			    assert sum(own) == process["native_load_ns"], (own, process)
		END
	done
}

@test "a table gives way to a narrow terminal" {
	on_terminal() {
		run script -qec "stty cols $1; $DLSCOPE report $TRACES/cpython/trace --color never" /dev/null </dev/null
		assert_status 0
		output=${output//$'\r'/}
	}
	on_terminal 200
	assert_output_has " /app/pkg/__init__.py:7 /app/pkg/core.so"
	on_terminal 110
	assert_output_has " pkg/__init__.py:7 core.so"
	[[ $output != */app/pkg/* ]] || fail "$output"
	on_terminal 80
	assert_output_has " pkg/__init__.py:7"
	[[ $output != *OBJECT* && $output != *"ASKED BY"* ]] || fail "$output"
	[ "$(printf '%s\n' "$output" | sed -n '/^MODULE/,/^$/p' | awk 'length > 80')" = "" ] || fail "$output"
}

@test "lost events are told first" {
	dlscope report "$TRACES/lost/trace"
	assert_status 0
	[[ ${lines[0]} == "Note: "*" events were lost"* ]] || fail "$output"
	"$DLSCOPE" report "$TRACES/lost/trace" --json >json
	assert_json json 'd["trace"]["lost_events"] > 0 and not d["trace"]["complete"]'
	assert_json json 'd["trace"]["lost_events"] + d["symbols"][0]["count"] == 4000'
}

@test "several traces make one timeline" {
	"$DLSCOPE" report "$TRACES/nested/trace" "$TRACES/processes/trace" --json >json
	assert_json json 'len(d["processes"]) == 6 and len({p["id"] for p in d["processes"]}) == 6'
	assert_json json 'd["trace"]["events"] == 29 + 20'
	assert_json json 'd["trace"]["begin_ns"] == min(p["begin_ns"] for p in d["processes"])'
}

@test "events: one object a line" {
	"$DLSCOPE" events "$TRACES/nested/trace" >lines
	"$PYTHON" - <<-'END'
		import json
		events = [json.loads(line) for line in open("lines")]
		assert len(events) == 29, len(events)
		assert all(a["time_ns"] <= b["time_ns"] for a, b in zip(events, events[1:]))
		assert events[0]["event"] == "process_begin" and events[0]["argv"] == ["python3", "app.py", "two words"]
		assert events[1]["build_id"] == "0102030405" and events[1]["link_map"] == "0x10"
		load = events[3]
		assert load["function"] == "dlopen" and load["stack"] == ["0x401000", "0x402000"] and load["mode"] == "0x2"
		assert events[5]["lmid"] == -1 and events[5]["function"] == "dlmopen"
	END
}

@test "columns, sorting, limits" {
	local trace=$TRACES/nested/trace
	dlscope report "$trace" --raw --noheadings --output-columns module,total
	[ "$output" = "$(printf 'pkg.outer 2890\nother 755\npkg.sub.inner 620')" ] || fail "$output"
	dlscope report "$trace" --raw --noheadings --output-columns MODULE --sort module
	[ "$output" = "$(printf 'other\npkg.outer\npkg.sub.inner')" ] || fail "$output"
	dlscope report "$trace" --raw --noheadings --output-columns MODULE --limit 1
	[ "$output" = pkg.outer ] || fail "$output"
	dlscope report "$trace" --raw --noheadings --output-columns MODULE --min-time 0.7us
	[ "$output" = "$(printf 'pkg.outer\nother')" ] || fail "$output"
	dlscope report "$trace" --raw --output-columns +kind
	[[ ${lines[0]} == *" OBJECT KIND" ]] || fail "$output"
	dlscope report "$TRACES/failures/trace" --raw --noheadings --failed-only --output-columns MODULE --sort MODULE
	[ "$output" = "$(printf 'empty\njump\npkg.null')" ] || fail "$output"
	dlscope report "$trace" --json --sort self --limit 2
	printf '%s\n' "$output" >json
	assert_json json '[m["name"] for m in d["modules"]] == ["pkg.outer", "other"]'
}

@test "every column that is listed can be asked for" {
	local column
	for column in $("$DLSCOPE" report --list-columns | awk '{print $1}'); do
		dlscope report "$TRACES/failures/trace" --output-columns "$column" --sort "$column"
		assert_status 0
		assert_output_has "${column//_/ }" # people read REQUESTED AT
	done
}

@test "wrong words for columns, formats and colours" {
	local trace=$TRACES/nested/trace options
	for options in '--output-columns NOPE' '--sort NOPE' '--format nope' '--color nope' '--output-columns ,'; do
		# shellcheck disable=SC2086
		dlscope report "$trace" $options
		assert_status 2
		assert_output_empty
		assert_one_complaint
	done
}

@test "colour only when asked for or on a terminal" {
	dlscope report "$TRACES/failures/trace"
	[[ $output != *$'\033'* ]] || fail "colour in a pipe"
	dlscope report "$TRACES/failures/trace" --color=always
	assert_output_has $'\033[31m'
	run script -qec "$DLSCOPE report $TRACES/failures/trace" /dev/null </dev/null
	[[ $output == *$'\033'* ]] || fail "no colour on a terminal: $output"
	NO_COLOR=1 run script -qec "$DLSCOPE report $TRACES/failures/trace" /dev/null </dev/null
	[[ $output != *$'\033'* ]] || fail "colour in spite of NO_COLOR"
}

@test "file names cannot steer the terminal" {
	dlscope report "$TRACES/failures/trace" --color=never
	assert_output_has 'plug\xff\x1bin.so'
	[[ $output != *$'\033'* ]] || fail "an escape character came through"
}

@test "-o writes a whole file or none" {
	"$DLSCOPE" report "$TRACES/nested/trace" --json >expected
	echo before >out
	dlscope report "$TRACES/nested/trace" --json -o out
	assert_status 0
	assert_output_empty
	cmp out expected
	echo before >out
	dlscope report "$TRACES/newer-schema/trace" --json -o out
	assert_status 2
	[ "$(cat out)" = before ] || fail "the file there was touched"
	[ "$(ls -d out*)" = out ] || fail "left behind: $(ls)"
	dlscope report "$TRACES/nested/trace" -o no/such/directory
	assert_status 2
	assert_one_complaint
}

@test "a full disk is an error" {
	local verb
	for verb in 'report' 'report --json' 'events'; do
		# shellcheck disable=SC2016,SC2086
		run --separate-stderr bash -c '"$DLSCOPE" $0 "$1" >/dev/full' "$verb" "$TRACES/nested/trace"
		run --separate-stderr bash -c "\"$DLSCOPE\" $verb \"$TRACES/nested/trace\" >/dev/full"
		assert_status 2
		assert_one_complaint
		dlscope $verb "$TRACES/nested/trace" -o /dev/full
		assert_status 2
		assert_one_complaint
		assert_stderr_has "No space left on device"
	done
}

@test "no trace at all" {
	dlscope report T
	assert_status 2
	assert_one_complaint
	assert_stderr_has "No such file or directory"
	mkdir T
	assert_refused "holds no trace"
	rmdir T
	echo text >T
	assert_refused "is not a directory"
	rm T
	mkdir -p T/metadata
	assert_refused "holds no trace"
	rmdir T/metadata
	mkfifo T/metadata
	assert_refused "holds no trace"
}

@test "a trace that may not be read" {
	local as=()
	copy_trace nested
	chmod 0 T/ust/metadata
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		"${as[@]}" test -x "$DLSCOPE" -a -r . || skip "the tests are where an ordinary user cannot go"
	fi
	run --separate-stderr "${as[@]}" "$DLSCOPE" report T
	assert_status 2
	assert_one_complaint
	assert_stderr_has "Permission denied"
	chmod 0 T/ust
	run --separate-stderr "${as[@]}" "$DLSCOPE" report T
	assert_status 2
	assert_one_complaint
	assert_stderr_has "Permission denied"
}

@test "a trace of a newer dlscope" {
	cp -r "$TRACES/newer-schema/trace" T
	assert_refused "newer dlscope (schema 99, this one reads up to"
}

@test "a trace of something else" {
	cp -r "$TRACES/foreign" T
	assert_refused "holds no dlscope events"
	printf '\0\5' >T/stream
	assert_refused "holds no dlscope events"
}

@test "events that only have our names" {
	copy_trace nested
	sed -i 's/_pid;/_pjd;/' T/ust/metadata
	assert_refused "lacks the field pid"
	rm -r T
	copy_trace nested
	sed -i 's/_exe;/_eye;/; s/_ppid;/_exe ;/' T/ust/metadata
	assert_refused "field exe of event process_begin"
}

@test "fields that the trace does not have are empty" {
	copy_trace nested
	sed -i 's/_soname;/_soNAME;/; s/_libc_version;/_libc_verSION;/' T/ust/metadata
	"$DLSCOPE" report T --json >json
	assert_json json 'all(o["soname"] is None for o in d["objects"])'
}

@test "a trace that was cut off" {
	local size
	for size in 10 300 1000 4000; do
		copy_trace nested
		truncate -s "$size" T/ust/channel_*
		assert_refused "cannot read trace T"
		rm -r T
	done
	for size in 10 100 5000; do
		copy_trace nested
		truncate -s "$size" T/ust/metadata
		assert_refused "T/ust/metadata"
		rm -r T
	done
	copy_trace nested
	truncate -s 0 T/ust/metadata
	assert_refused "is empty"
	rm -r T
	copy_trace nested
	truncate -s 0 T/ust/channel_*
	assert_refused "holds no dlscope events"
}

@test "a recording's marker that is damaged" {
	copy_trace processes
	echo '{' >T/dlscope-recording.json
	dlscope report T
	assert_status 2
	assert_one_complaint
	assert_stderr_has dlscope-recording.json
}

@test "--tree: modules above what was loaded inside of them" {
	"$DLSCOPE" report --tree "$TRACES/cpython/trace" >text
	"$PYTHON" - text <<-'END'
		import re, sys
		lines = [line for line in open(sys.argv[1], encoding="utf-8")]
		depths = {}
		for line in lines:
		    match = re.match(r"([ │├└─|`-]*)(\S.*?)  ", line)
		    if match: depths.setdefault(match[2].strip(), len(match[1]))
		assert depths["pkg.core"] == 0 < depths["load /app/pkg/core.so"] == depths["exec m_slots[1]"], depths
		assert depths["pkg.sub.inner"] == depths["exec m_slots[1]"] + 2, depths
		assert not [line for line in lines if line.startswith("MODULE") and "OPEN" in line]
	END
}
