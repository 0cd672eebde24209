# SPDX-License-Identifier: MIT
# LTTng's daemons die while a program is recorded.
# bats file_tags=serial

load ../lib/common

# "pid name" of the LTTng processes that process $1 and its descendants have started.
daemons_of() {
	ps -e -o pid=,ppid=,comm= | sort -n | awk -v root="$1" '
		$1 == root || ($2 in ours) { ours[$1] }
		$1 != root && ($1 in ours) && index($3, "lttng-") == 1 { print $1, $3 }'
}

# kill_during_recording NAME: the program must not notice
kill_during_recording() {
	local recorder
	[ ! -S /run/lttng/client-lttng-sessiond ] || skip "a session daemon of the machine runs here"
	cat >program.py <<-'END'
		import ctypes, os, time
		ctypes.CDLL("libm.so.6")
		open("ready", "w")
		while not os.path.exists("go"):
		    time.sleep(0.01)
		ctypes.CDLL("libz.so.1")
		raise SystemExit(5)
	END
	"$DLSCOPE" record -o T -- /usr/bin/python3 program.py 2>complaints &
	recorder=$!
	until [ -e ready ]; do
		kill -0 "$recorder" || fail "the recording ended early: $(cat complaints)"
		sleep 0.01
	done
	daemons_of "$recorder" >daemons
	kill -KILL $(awk -v name="$1" 'index($2, name) == 1 { print $1 }' daemons)
	touch go
	status=0
	wait "$recorder" || status=$?
	assert_status 5
	[ ! -s complaints ] || grep -Eq '^dlscope: (.*incomplete|nothing was recorded)' complaints || fail "$(cat complaints)"
}

# Either a report that says it is incomplete, or one sentence.
report_of_the_rest() {
	dlscope report T
	if [ "$status" -eq 0 ]; then
		assert_output_has "Note: "
	else
		assert_status 2
		assert_one_complaint
	fi
	# those that the death of the other left behind
	for pid in $(awk '{ print $1 }' daemons); do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

@test "the consumer daemon is killed" {
	kill_during_recording lttng-consumer
	report_of_the_rest
}

@test "the session daemon is killed" {
	kill_during_recording lttng-sessiond
	report_of_the_rest
}
