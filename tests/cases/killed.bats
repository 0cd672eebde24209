# SPDX-License-Identifier: MIT
# Programs that are killed: what had begun is in the report.

load ../lib/common

@test "killed in a constructor: every load that was reached is in the report" {
	run "$DLSCOPE_SOURCE/scripts/soak_kills" --build "$DLSCOPE_BUILD" --runs 1 --children 12 --seed 0
	[ "$status" -eq 0 ] || fail "$output"
	[[ $output =~ ^"12 processes killed, 78 loads reached, 0 failures"$ ]] || fail "$output"
}

@test "the run that kills notices a load that is missing" {
	mkdir -p build/bin build/tests
	ln -s "$DLSCOPE_BUILD/tests/programs" build/tests/programs
	# a report without the last load of all
	cat >build/bin/dlscope <<-END
		#!/bin/sh
		[ "\$1" = report ] || exec "$DLSCOPE" "\$@"
		"$DLSCOPE" "\$@" | "$PYTHON" -c '
		import json, sys
		d = json.load(sys.stdin)
		loads = [l for l in d["loads"] if (l["requested"] or "").endswith("libwitness.so")]
		d["loads"] = [l for l in d["loads"] if l["process"] != loads[0]["process"]]
		json.dump(d, sys.stdout)'
	END
	sed -i 's/^\t*//' build/bin/dlscope
	chmod +x build/bin/dlscope
	run "$DLSCOPE_SOURCE/scripts/soak_kills" --build build --runs 1 --children 4 --seed 0
	[ "$status" -eq 1 ] || fail "$output"
	[[ $output == *"loads reached, 0 in the report"* ]] || fail "$output"
}

# record_after_death COUNT [RECORD OPTION]...: a process dies while it writes an event, and
# another one on the same CPU writes COUNT events
record_after_death() {
	local count=$1
	shift
	cpu=$(taskset -cp $$ | sed "s/.*: //; s/[-,].*//")
	dlscope record "$@" -o T -- taskset -c "$cpu" sh -c '
		echo "load_begin run=$DLSCOPE_RUN requested=hole stack=nowhere" >dies
		echo "repeat $1 load_begin run=$DLSCOPE_RUN requested=behind" >lives
		"$0" --script dies
		[ $? = 139 ] || exit 9
		"$0" --script lives' "$PROGRAMS/emit_events" "$count" 2>stderr
}

# Does LTTng let what a killed process has begun hold up what comes after it?
holds_up() {
	printf '2.15\n%s\n' "$(pkg-config --modversion lttng-ust)" | sort -CV || return 0
	return 1
}

@test "killed while it writes an event: what comes after it is in the trace" {
	local count=8000 # more than one sub-buffer, and less than the ring
	[ "$(getconf _NPROCESSORS_CONF)" -le 32 ] || count=2500
	record_after_death "$count" --strict
	assert_status 0
	if holds_up; then
		[ -e T/ust/uid/*/64-bit/rescued_"$cpu" ] || fail "nothing had to be rescued: $(find T)"
	else
		[ ! -e T/ust/uid/*/64-bit/rescued_"$cpu" ] || fail "rescued what LTTng has written, too: $(find T)"
	fi
	[ ! -e T/rescue ]
	"$DLSCOPE" events T >events
	[ "$(grep -c '"requested": *"behind"' events)" = "$count" ] || fail "$(grep -c behind events) of $count"
	! grep '"hole"' events || fail "what was never written whole is told"
	run "$DLSCOPE" report T
	[[ $output == *"no events lost"* ]] || fail "$output"
}

@test "killed while it ends a packet: the packet and what comes after it are in the trace" {
	local cpu count=8000
	[ "$(getconf _NPROCESSORS_CONF)" -le 32 ] || count=4000 # sub-buffers are half as large there
	cpu=$(taskset -cp $$ | sed "s/.*: //; s/[-,].*//")
	dlscope record --strict -o T -- taskset -c "$cpu" sh -c '
		echo "repeat 200 load_begin run=$DLSCOPE_RUN requested=first" >dies # beyond the first page
		echo seal >>dies
		echo "repeat $1 load_begin run=$DLSCOPE_RUN requested=before" >>dies
		echo "repeat $1 load_begin run=$DLSCOPE_RUN requested=behind" >lives
		"$0" --script dies >written
		[ $? = 139 ] || exit 9
		"$0" --script lives' "$PROGRAMS/emit_events" "$count"
	assert_status 0
	"$DLSCOPE" events T >events
	[ "$(wc -c <written)" -gt 100 ] && [ "$(wc -c <written)" -lt "$count" ] || fail "died elsewhere: $(wc -c <written)"
	[ "$(grep -c '"before"' events)" = "$(wc -c <written)" ] || fail "$(grep -c before events) of $(wc -c <written)"
	[ "$(grep -c '"behind"' events)" = "$count" ] || fail "$(grep -c behind events) of $count"
	run "$DLSCOPE" report T
	[[ $output == *"no events lost"* ]] || fail "$output"
}

@test "killed while it writes an event: where the ring overflows behind it, the loss is told" {
	holds_up || skip "LTTng $(pkg-config --modversion lttng-ust) lets it hold up nothing: the ring does not overflow by it"
	record_after_death 60000
	assert_status 0
	assert_stderr_has "a process was killed while it wrote an event, which held up others: some are missing"
	run "$DLSCOPE" report T
	[[ $output == "Note: "*" events were lost while recording"* ]] || fail "$output"
	[ "$("$DLSCOPE" events T | grep -c '"behind"')" -gt 1000 ]
}

# of COMMAND, plain and recorded with --crash
assert_same_status() {
	local plain
	run "$@"
	plain=$status
	run "$DLSCOPE" record --crash -o T -- "$@"
	assert_status "$plain"
}

@test "--crash: the signals that end a program are the same" {
	ulimit -c 0
	for signal in SEGV BUS FPE ILL ABRT; do
		assert_same_status sh -c "kill -$signal \$\$"
		assert_same_status /usr/bin/python3 -c "import os, signal; signal.raise_signal(signal.SIG$signal)"
	done
	assert_same_status /usr/bin/python3 -c 'import ctypes; ctypes.string_at(0)'
	assert_same_status /usr/bin/python3 -c 'import os; os.abort()'
	assert_same_status "$PROGRAMS/try_load" keep libnowhere.so call
}

@test "--crash: a program's own handlers stay its own" {
	ulimit -c 0
	dlscope record --crash -o T -- /usr/bin/python3 -X faulthandler -c 'import ctypes; ctypes.string_at(0)'
	assert_status 139
	assert_stderr_has "Fatal Python error: Segmentation fault"
	dlscope record --crash -o T -- /usr/bin/python3 -c '
import os, signal
signal.signal(signal.SIGBUS, lambda *_: os._exit(7))
os.kill(os.getpid(), signal.SIGBUS)'
	assert_status 7
}
