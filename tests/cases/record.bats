# SPDX-License-Identifier: MIT
# dlscope record as an ordinary user: exit status, signals, the output directory,
# what it does when tracing cannot be had, and that it leaves nothing behind.
#
# When the suite runs as root, these tests become a user whom nobody else is, in a
# directory which that user can reach.  Every test has its own TMPDIR, in which the session daemon
# lives: what other tests record at the same time does not show here.

load ../lib/common

setup_file() {
	STAGE=$(mktemp -d "${TMPDIR:-/tmp}/dlscope-test.XXXXXX")
	chmod 755 "$STAGE"
	mkdir "$STAGE/bin" "$STAGE/lib"
	cp "$DLSCOPE" "$STAGE/bin/"
	cp -r "$DLSCOPE_BUILD/lib/dlscope" "$STAGE/lib/"
	TEST_UID=$(id -u)
	[ "$TEST_UID" -ne 0 ] || TEST_UID=$((50000 + $$ % 10000))
	export STAGE TEST_UID
}

teardown_file() {
	rm -rf "$STAGE"
}

setup() {
	WORK=$(mktemp -d "$STAGE/test.XXXXXX")
	mkdir "$WORK/tmp"
	chmod 755 "$WORK"
	[ "$(id -u)" -ne 0 ] || chown -R "$TEST_UID:$TEST_UID" "$WORK"
	cd "$WORK" || return 1
	DLSCOPE=$STAGE/bin/dlscope
	USER_ENV=(-u XDG_RUNTIME_DIR -u HOME "TMPDIR=$WORK/tmp" "LC_ALL=C")
}

# Runs a command as an ordinary user.
as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid="$TEST_UID" --regid="$TEST_UID" --clear-groups env "${USER_ENV[@]}" "$@"
	else
		env "${USER_ENV[@]}" "$@"
	fi
}

record() { # [expect-127] ARGUMENT...
	local expect=()
	[ "$1" != expect-127 ] || { expect=(-127) && shift; }
	run --separate-stderr "${expect[@]}" -- as_user "$DLSCOPE" record "$@"
}

# Starts record in the background; its pid is $recorder, also for signals.
record_in_background() {
	# a shell ignores SIGINT in what it runs in the background, and a shell that is
	# started with a signal ignored (dash 0.5.13) lets no trap change that
	as_user env --default-signal bash -c 'echo $$ >pid; exec "$0" record "$@"' "$DLSCOPE" "$@" &
	job=$!
}

# Processes of the session daemon that lives in this test's TMPDIR.
daemon_processes() {
	grep -lzs "^LTTNG_HOME=$WORK/tmp/" /proc/[0-9]*/environ | while read -r path; do
		tr '\0\n' '  ' <"${path%/environ}/cmdline" | grep 'lttng-' || true
	done
}

assert_nothing_left() {
	[ -z "$(ls -A "$WORK/tmp")" ] || fail "left in TMPDIR: $(find "$WORK/tmp")"
	[ -z "$(daemon_processes)" ] || fail "left running: $(daemon_processes)"
	! ls -d "$WORK"/*.partial-* 2>/dev/null || fail "half a recording was left"
	# as oneself, programs of other tests may use it
	[ "$(id -u)" -ne 0 ] || ! compgen -G "/dev/shm/lttng-ust-wait-*-$TEST_UID" >/dev/null ||
		fail "shared memory was left"
}

# The names of events in a trace.
event_count() {
	babeltrace2 "$1" | grep -c "dlscope:$2:"
}

@test "the status is the program's" {
	record -- true
	assert_status 0
	assert_stderr_empty
	record -- sh -c 'exit 3'
	assert_status 3
	assert_json dlscope.data/dlscope-recording.json 'd["exit_status"] == 3 and d["signal"] is None'
	assert_nothing_left
}

@test "a program killed by a signal: the same signal, and no core of ours" {
	for signal in TERM KILL SEGV; do
		run as_user "$PYTHON" - "$DLSCOPE" $signal <<-'EOF'
			import resource, signal, subprocess, sys
			resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
			number = getattr(signal, "SIG" + sys.argv[2])
			status = subprocess.run([sys.argv[1], "record", "--", "sh", "-c",
			                         f"ulimit -c 0; kill -{number} $$"]).returncode
			assert status == -number, status
		EOF
		assert_status 0
		assert_json dlscope.data/dlscope-recording.json "d['signal'] == $(kill -l $signal)"
	done
	run ls
	[[ $output != *core* ]] || fail "a core file: $output"
	assert_nothing_left
}

@test "126, 127 and 125, and no recording is left" {
	record expect-127 -- ./nonesuch
	assert_status 127
	assert_one_complaint
	record expect-127 -- nonesuch-on-path
	assert_status 127
	record -- /etc/passwd
	assert_status 126
	assert_one_complaint
	record -- "$WORK"
	assert_status 126
	echo '#!/nonesuch/interpreter' >script && chmod 755 script
	record expect-127 -- ./script
	assert_status 127
	record --bogus -- true
	assert_status 125
	assert_one_complaint
	record
	assert_status 125
	[ ! -e dlscope.data ] || fail "a recording was left"
	assert_nothing_left
}

@test "a failed start leaves the older recording in place" {
	record -- sh -c 'exit 7'
	echo '#!/nonesuch/interpreter' >script && chmod 755 script
	record expect-127 -- ./script
	assert_status 127
	assert_json dlscope.data/dlscope-recording.json 'd["exit_status"] == 7'
	[ ! -e dlscope.data.old ]
}

@test "the directory is a CTF trace and says what was recorded" {
	record -o trace -- "$PYTHON" -c 'import ssl, sys; sys.exit(4)'
	assert_status 4
	babeltrace2 trace | grep 'dlscope:load_begin' | grep -q '_ssl'
	assert_json trace/dlscope-recording.json 'd["dlscope_recording"] == 1 and d["complete"] is True'
	assert_json trace/dlscope-recording.json 'd["command"][1] == "-c" and d["exit_status"] == 4'
	assert_json trace/dlscope-recording.json '0 < d["begin_ns"] < d["end_ns"] and d["lost_events"] == 0'
	pid=$(json trace/dlscope-recording.json 'd["pid"]')
	babeltrace2 trace | grep 'dlscope:process_begin' | grep -q "pid = $pid,"
}

@test "forks, exec and grandchildren are followed" {
	record -- sh -c "
		'$PYTHON' -c 'import _ctypes' &
		'$PYTHON' -c 'import os, sys; os.fork() or os.execv(sys.executable, [sys.executable, \"-c\", \"import _sqlite3\"]); os.wait()'
		wait"
	assert_status 0
	babeltrace2 dlscope.data >events
	for module in _ctypes _sqlite3; do
		grep 'dlscope:load_begin' events | grep -q "$module" || fail "$module is missing"
	done
	[ "$(grep -c 'dlscope:process_begin' events)" -ge 4 ] || fail "processes are missing"
}

@test "processes that outlive the program are named" {
	mkfifo ready go && chmod 666 ready go
	record -- sh -c 'sh -c "echo \$\$ >pid; echo >ready; read x <go" >&- 2>&- 3>&- & read x <ready'
	assert_json dlscope.data/dlscope-recording.json "d['live_pids'] == [$(cat pid)]"
	echo >go
}

@test "a process that outlives its recording opens with RTLD_GLOBAL as it would without" {
	mkfifo ready go said && chmod 666 ready go said
	cat >late.py <<-'EOF'
		import ctypes
		open("ready", "w").close()
		open("go").read()
		ctypes.CDLL("libnuma.so.1", mode=ctypes.RTLD_GLOBAL)
		open("said", "w").write(str(hasattr(ctypes.CDLL(None), "numa_available")))
	EOF
	record -- sh -c "'$PYTHON' late.py >&- 2>&- 3>&- & read x <ready || true"
	assert_status 0
	: >go
	run cat said
	[ "$output" = True ] || fail "$output"
}

@test "an older recording becomes .old, an older .old goes" {
	for status in 1 2 3; do
		record -- sh -c "exit $status"
	done
	assert_json dlscope.data/dlscope-recording.json 'd["exit_status"] == 3'
	assert_json dlscope.data.old/dlscope-recording.json 'd["exit_status"] == 2'
	[ "$(ls)" = $'dlscope.data\ndlscope.data.old\ntmp' ] || fail "$(ls)"
}

@test "what is not a recording is never replaced" {
	as_user mkdir dir nearly
	as_user touch dir/precious file nearly/dlscope-recording.json
	as_user ln -s dir link
	for target in dir dir/ file link nearly; do
		record -o "$target" -- touch ran
		assert_status 125
		assert_one_complaint
		assert_stderr_has "-o"
	done
	[ ! -e ran ] || fail "the program ran"
	[ -e dir/precious ] && [ -f file ] && [ -L link ]

	as_user mkdir dlscope.data.old
	as_user touch dlscope.data.old/precious
	record -- true
	assert_status 0
	record -- touch ran
	assert_status 125
	assert_one_complaint
	[ -e dlscope.data.old/precious ] && [ ! -e ran ]
	assert_nothing_left
}

@test "an empty directory is taken, odd names work" {
	as_user mkdir empty
	for name in empty 'with blank, colon: and %s' 'sub/../-dash' "$WORK/absolute/"; do
		as_user mkdir -p sub
		record -o "$name" -- "$PYTHON" -c pass
		assert_status 0
		assert_stderr_empty
		[ "$(event_count "$name" process_begin)" -eq 1 ] || fail "$name"
	done
	assert_nothing_left
}

@test "a directory that cannot be written to: says to use -o, does not run" {
	as_user mkdir closed
	as_user chmod 555 closed
	cd closed
	record -- touch "$WORK/ran"
	assert_status 125
	assert_one_complaint
	assert_stderr_has "-o"
	[ ! -e "$WORK/ran" ] || fail "the program ran"
	record -o "$WORK/elsewhere" -- true
	assert_status 0
	[ "$(event_count "$WORK/elsewhere" process_begin)" -eq 1 ]
	record -o "$WORK/no/such/place" -- true
	assert_status 125
	assert_nothing_left
}

@test "an empty environment and closed descriptors do" {
	USER_ENV=(-i "TMPDIR=$WORK/tmp")
	record -- "$PYTHON" -c 'import os; print(sorted(os.environ))'
	assert_status 0
	assert_stderr_empty
	[[ $output != *HOME* || $output == *LTTNG_HOME* ]]
	[ "$(event_count dlscope.data process_begin)" -eq 1 ]
	# run itself would open another file as descriptor 0
	run as_user sh -c 'exec "$0" record -- sh -c "[ ! -e /proc/\$\$/fd/0 ] && exit 5" <&-' \
		"$DLSCOPE"
	assert_status 5
	assert_nothing_left
}

@test "signals reach the program, and the trace is kept" {
	mkfifo ready && chmod 666 ready
	for signal in INT TERM HUP USR1; do
		record_in_background -o "trace-$signal" -- \
			sh -c "trap 'exit 9' $signal; echo >ready; while :; do sleep 0.05; done"
		read -r <ready
		kill -$signal "$(cat pid)"
		run wait $job
		wait $job || status=$?
		[ "$status" -eq 9 ] || fail "$signal: status $status"
		assert_json "trace-$signal/dlscope-recording.json" 'd["complete"] is True'
		[ "$(event_count "trace-$signal" process_begin)" -ge 1 ]
	done
	assert_nothing_left
}

@test "Ctrl-C reaches the program once" {
	run --separate-stderr as_user "$PYTHON" - "$DLSCOPE" <<-'EOF'
		import os, pty, signal, sys
		program = """
		import os, signal
		signals = {signal.SIGINT, signal.SIGUSR1}
		signal.pthread_sigmask(signal.SIG_BLOCK, signals)
		print("ready", flush=True)
		count = 0
		while signal.sigwait(signals) == signal.SIGINT:
		    count += 1
		    print("interrupted", flush=True)
		print("count", count, flush=True)
		""".replace("\t", "")
		pid, terminal = pty.fork()
		if pid == 0:
		    os.execv(sys.argv[1], [sys.argv[1], "record", "--", sys.executable, "-c", program])
		seen = b""
		def read_until(word):
		    global seen
		    while word not in seen:
		        seen += os.read(terminal, 1000)
		read_until(b"ready")
		os.write(terminal, b"\x03")
		read_until(b"interrupted")
		# The recorder takes pending signals lowest number first: what it had to
		# say about the interrupt it has said before it hands this one on.
		os.kill(pid, signal.SIGUSR1)
		read_until(b"count ")
		read_until(b"\n")
		while b"count 1\r\n" not in seen and b"count 2\r\n" not in seen:
		    seen += os.read(terminal, 1000)
		assert b"count 1\r\n" in seen, seen
		assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
	EOF
	assert_status 0
	assert_nothing_left
}

@test "a stopped program stops record, and both go on" {
	run --separate-stderr as_user "$PYTHON" - "$DLSCOPE" <<-'EOF'
		import os, signal, subprocess, sys
		recorder = subprocess.Popen([sys.argv[1], "record", "--", "sh", "-c", "kill -STOP $$; exit 6"])
		_, status = os.waitpid(recorder.pid, os.WUNTRACED)
		assert os.WIFSTOPPED(status), status
		os.kill(recorder.pid, signal.SIGCONT)
		_, status = os.waitpid(recorder.pid, 0)
		assert os.waitstatus_to_exitcode(status) == 6, status
	EOF
	assert_status 0
	assert_nothing_left
}

@test "two at once do not disturb each other" {
	mkfifo ready1 ready2 go1 go2 && chmod 666 ready? go?
	as_user "$DLSCOPE" record -o one -- sh -c "echo >ready1; read x <go1; '$PYTHON' -c 'import _ctypes'" &
	first=$!
	read -r <ready1
	as_user "$DLSCOPE" record -o two -- sh -c "echo >ready2; read x <go2; '$PYTHON' -c 'import _sqlite3'" &
	second=$!
	read -r <ready2
	echo >go1
	wait $first
	echo >go2
	wait $second
	babeltrace2 one >one.txt
	babeltrace2 two >two.txt
	grep -q _ctypes one.txt && grep -q _sqlite3 two.txt || fail "events are missing"
	! grep -q _sqlite3 one.txt && ! grep -q _ctypes two.txt || fail "events are in both"
	assert_nothing_left
}

@test "the same directory twice at once: both traces are whole" {
	mkfifo ready go && chmod 666 ready go
	as_user "$DLSCOPE" record -- sh -c "echo >ready; read x <go; '$PYTHON' -c 'import _ctypes'; exit 0" &
	first=$!
	read -r <ready
	record -- "$PYTHON" -c 'import _sqlite3'
	assert_status 0
	record -- touch ran
	assert_status 125
	assert_stderr_has "still being recorded"
	[ ! -e ran ] || fail "the program ran"
	echo >go
	wait $first
	babeltrace2 dlscope.data | grep -q _sqlite3
	babeltrace2 dlscope.data.old | grep -q _ctypes
	assert_json dlscope.data.old/dlscope-recording.json 'd["complete"] is True'
	assert_nothing_left
}

@test "killed: the next run cleans up" {
	mkfifo ready go && chmod 666 ready go
	record_in_background -o killed -- sh -c 'echo >ready; read x <go'
	read -r <ready
	[ -n "$(ls -A tmp)" ] && [ -n "$(daemon_processes)" ]
	kill -KILL "$(cat pid)"
	run wait $job
	assert_json killed/dlscope-recording.json 'd["complete"] is False and d["exit_status"] is None'
	echo >go
	record -o next -- true
	assert_status 0
	assert_json next/dlscope-recording.json 'd["complete"] is True'
	assert_nothing_left
}

@test "a session daemon that does not start: the program runs all the same" {
	as_user mkdir bin
	printf '#!/bin/sh\necho "Error: no luck today" >&2\nexit 1\n' >bin/lttng-sessiond
	chmod 755 bin/lttng-sessiond
	USER_ENV+=("PATH=$WORK/bin:$PATH")
	record -- sh -c 'echo "${LD_PRELOAD-untraced}"; exit 3'
	assert_status 3
	[ "$output" = untraced ] || fail "$output"
	assert_one_complaint
	assert_stderr_has "no luck today"
	record --strict -- touch ran
	assert_status 125
	assert_one_complaint
	[ ! -e ran ] && [ ! -e dlscope.data ]
	assert_nothing_left
}

@test "ended before the program runs: it does not run, and nothing is left" {
	mkfifo ready && chmod 666 ready
	as_user mkdir bin
	printf '#!/bin/sh\necho >%s/ready\nexec sleep 1000\n' "$WORK" >bin/lttng-sessiond
	chmod 755 bin/lttng-sessiond
	USER_ENV+=("PATH=$WORK/bin:$PATH")
	for signal in INT TERM; do
		record_in_background -- touch ran
		read -r <ready
		kill -$signal "$(cat pid)"
		status=0
		wait $job || status=$?
		[ "$status" -eq $((128 + $(kill -l $signal))) ] || fail "$signal: status $status"
		[ ! -e ran ] && [ ! -e dlscope.data ] || fail "$(ls)"
	done
	assert_nothing_left
}

@test "recorders nest" {
	record -o outer -- "$DLSCOPE" record -o inner -- "$PYTHON" -c 'import _ctypes; raise SystemExit(4)'
	assert_status 4
	assert_stderr_empty
	babeltrace2 inner | grep -q _ctypes
	[ "$(event_count outer process_begin)" -ge 1 ]
	assert_nothing_left
}

@test "without the shim the program runs all the same" {
	mkdir -p elsewhere/bin
	cp "$DLSCOPE" elsewhere/bin/
	DLSCOPE=$WORK/elsewhere/bin/dlscope
	record -- sh -c 'exit 3'
	assert_status 3
	assert_one_complaint
	assert_stderr_has "elsewhere"
	record --strict -- true
	assert_status 125
	mkdir -p 'a blank'
	cp -r "$STAGE/bin" "$STAGE/lib" 'a blank/'
	DLSCOPE="$WORK/a blank/bin/dlscope"
	record -- sh -c 'exit 3'
	assert_status 3
	assert_one_complaint
	assert_stderr_has "blank"
	assert_nothing_left
}

@test "the user's own LD_PRELOAD stays, behind ours" {
	USER_ENV+=("LD_PRELOAD=libdl.so.2")
	record --stack 7 -- sh -c 'echo "$LD_PRELOAD $DLSCOPE_STACK"'
	assert_status 0
	[[ $output == "$STAGE/lib/dlscope/"*"libdlscope.so:"*":libdl.so.2 7" ]] || fail "$output"
}

@test "a program that cannot be traced is said to be" {
	need_command gcc
	printf 'int main(void) { return 8; }' >static.c
	gcc -static -o static static.c || skip "no static libc"
	record -- ./static
	assert_status 8
	assert_one_complaint
	assert_stderr_has "nothing was recorded"
}

@test "without a verb: the program's output, then the report, and no trace is left" {
	run --separate-stderr -- as_user "$DLSCOPE" -- \
		"$PYTHON" -c 'import _ssl, sys; print("the program", flush=True); sys.exit(5)'
	assert_status 5
	[[ ${lines[0]} == "the program" && $output == *_ssl* ]] || fail "$output"
	[ "$(ls)" = tmp ] || fail "left: $(ls)"
	assert_nothing_left
	run --separate-stderr -- as_user "$DLSCOPE" -o kept --json -- "$PYTHON" -c 'import _ssl'
	assert_status 0
	printf '%s' "$output" >report.json
	assert_json report.json 'any("_ssl" in m["name"] for m in d["modules"])'
	[ "$(event_count kept process_begin)" -eq 1 ]
}

@test "without a verb: a reader that goes away leaves nothing behind" {
	as_user "$DLSCOPE" -- "$PYTHON" -c 'import _ssl' 2>complaint | true
	[ "${PIPESTATUS[0]}" -eq 0 ] || fail "status ${PIPESTATUS[0]}"
	[ ! -s complaint ] || fail "$(cat complaint)"
	assert_nothing_left
}

@test "options behind CMD are CMD's" {
	record -o trace sh -c 'echo "$@"' sh --help -o x
	assert_status 0
	[ "$output" = "--help -o x" ] || fail "$output"
	[ -d trace ]
}

@test "the end by quick_exit and by _exit is in the trace" {
	for call in quick_exit _exit; do
		record -- "$PYTHON" -c "import ctypes; ctypes.CDLL(None).$call(3)"
		assert_status 3
		babeltrace2 dlscope.data >events
		[ "$(grep -c 'dlscope:process_end' events)" = 1 ] || fail "$call: no process_end"
	done
}

# LTTng 2.13 would give each process all of them, at its start.
@test "of the ring buffers a process has mapped the pages that it wrote" {
	record -- /usr/bin/python3 -c '
import _ctypes
buffers, size = 0, 0
for line in open("/proc/self/smaps"):
    if "-" in line.split()[0]:
        ours = "/shm-ust-consumer-" in line
    buffers += ours and line.startswith("Size:")
    size += int(line.split()[1]) if ours and line.startswith("Rss:") else 0
print(buffers > 0, 4 <= size <= 512 or size)'
	assert_status 0
	[ "$output" = "True True" ] || fail "ring buffers are mapped, KiB: $output"
}

@test "a session daemon that is stopped when a program loads first: it loads all the same" {
	cat >program.py <<-'END'
		import os, signal, sys
		daemon = int(os.environ["DLSCOPE_DAEMON"])
		os.kill(daemon, signal.SIGSTOP)
		import _json
		os.kill(daemon, signal.SIGCONT)
		import _hashlib
		print("_json" in sys.modules)
	END
	run --separate-stderr -- as_user timeout -s KILL 20 "$DLSCOPE" record -- /usr/bin/python3 -S program.py
	assert_status 0
	[ "$output" = True ] || fail "$output"
	run --separate-stderr -- as_user "$DLSCOPE" report
	assert_status 0
	assert_output_has "_hashlib"
	assert_nothing_left
}

# With LTTng's own way to wait, 3 s each, it would take a minute.
@test "a session daemon that is stopped for a while: programs start and end all the same" {
	cat >program.sh <<-'END'
		kill -STOP "$DLSCOPE_DAEMON" || exit 1
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			/bin/true || exit 2
		done
		kill -CONT "$DLSCOPE_DAEMON" || exit 3
		exec /usr/bin/python3 -c 'import _ctypes, os; print(os.environ["LTTNG_UST_REGISTER_TIMEOUT"])'
	END
	run --separate-stderr -- as_user timeout -s KILL 40 "$DLSCOPE" record -- sh program.sh
	assert_status 0
	[ "$output" = 3000 ] || fail "a daemon that runs is waited for $output ms"
	run --separate-stderr -- as_user "$DLSCOPE" report
	assert_status 0
	assert_output_has "_ctypes"
	assert_nothing_left
}
