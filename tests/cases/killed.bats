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
