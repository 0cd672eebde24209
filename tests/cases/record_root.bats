# SPDX-License-Identifier: MIT
# dlscope record as root, where lttng-tools 2.13 allows one session daemon a
# machine, and with little memory or disk.
#
# Each test runs in mount and process namespaces of its own with empty /run and
# /dev/shm: there it is alone on the machine, whoever else records meanwhile.

load ../lib/common

# Not in setup_file: bats 1.8 takes a skip there for a failure.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare --mount --pid --fork true 2>/dev/null || skip "needs namespaces (CAP_SYS_ADMIN)"
}

# Runs a script (stdin) alone on the machine.  It can use record, wait_gone and
# assert_nothing_left.
alone() {
	cat >script
	run --separate-stderr -- timeout -k 1 120 unshare --mount --pid --fork --mount-proc bash -e -c '
		mount -t tmpfs none /run
		mount -t tmpfs ${SHM_SIZE:+-o size=$SHM_SIZE} none /dev/shm
		record() { "$DLSCOPE" record "$@"; }
		fail() { echo "$*"; exit 1; }
		events() { babeltrace2 "$1" | grep -c "dlscope:"; }
		lttng_processes() { ps -eo stat=,args= | grep "lttng-[scr]" | grep -v "^Z\|grep" || true; }
		assert_nothing_left() {
			[ -z "$(lttng_processes)" ] || fail "left running: $(lttng_processes)"
			[ -z "$(ls -A /dev/shm)" ] || fail "left in /dev/shm: $(ls -A /dev/shm)"
			# mount(8) makes /run/mount; the daemon of LTTng 2.16 leaves its consumer folder
			left=$(find /run -path /run/mount -prune -o -path /run/lttng/ustconsumerd64 -prune -o -path /run/lttng -o ! -path /run -print)
			[ -z "$left" ] || fail "left in /run: $left"
		}
		record_in_background() {
			"$DLSCOPE" record -o "$1" -- sh -c "echo >$1.ready; read x <$1.go; \"$PYTHON\" -c \"import $2\"" &
			pid=$!
			read -r x <$1.ready
		}
		rm -f one.* two.*
		mkfifo one.ready one.go two.ready two.go
		set +m
		. ./script
	'
	assert_status 0
}

@test "root: a daemon is started when there is none, and ended" {
	alone <<-'EOF'
		record -- "$PYTHON" -c "import _ctypes"
		[ "$(events dlscope.data)" -gt 10 ]
		babeltrace2 dlscope.data | grep -q _ctypes
		assert_nothing_left
		env -i "$DLSCOPE" record -o bare -- "$PYTHON" -c pass
		[ "$(events bare)" -gt 2 ]
		assert_nothing_left
	EOF
	assert_stderr_empty
}

@test "root: two at once share the daemon but no event, ended in either order" {
	alone <<-'EOF'
		for order in "one two" "two one"; do
			record_in_background one _ctypes; one=$pid
			record_in_background two _sqlite3; two=$pid
			[ "$(pgrep -c -f 'lttng-sessiond --no-kernel')" -le 2 ] # and its helper
			for name in $order; do
				echo >$name.go
				wait ${!name}
			done
			babeltrace2 one >one.txt; babeltrace2 two >two.txt
			grep -q _ctypes one.txt
			grep -q _sqlite3 two.txt
			! grep -q _sqlite3 one.txt || fail "one holds events of two"
			! grep -q _ctypes two.txt || fail "two holds events of one"
			assert_nothing_left
		done
	EOF
}

@test "root: killed, the next run cleans up" {
	alone <<-'EOF'
		record_in_background one _ctypes
		kill -KILL $pid
		wait $pid || [ $? -eq 137 ]
		lttng list | grep -q "dlscope-$pid-"
		echo >one.go
		record -o next -- true
		assert_nothing_left
		grep -q '"complete": false' one/dlscope-recording.json
	EOF
}

@test "root: killed while its daemon starts, the next run cleans up" {
	alone <<-'EOF'
		mkdir bin && mkfifo starting begin
		printf '#!/bin/sh\necho >%s/starting\nread x <%s/begin\nexec /usr/bin/lttng-sessiond "$@"\n' "$PWD" "$PWD" >bin/lttng-sessiond
		chmod 755 bin/lttng-sessiond
		PATH=$PWD/bin:$PATH "$DLSCOPE" record -o one -- true &
		pid=$!
		read -r x <starting
		kill -KILL $pid
		wait $pid || [ $? -eq 137 ]
		echo >begin
		record -o next -- true
		[ "$(events next)" -gt 2 ]
		assert_nothing_left
	EOF
}

@test "root: one is killed while another records" {
	alone <<-'EOF'
		record_in_background one _ctypes; one=$pid
		record_in_background two _sqlite3; two=$pid
		kill -KILL $one
		wait $one || [ $? -eq 137 ]
		echo >one.go
		record -o next -- true
		! lttng list | grep -q "dlscope-$one-" || fail "the dead one's session is left"
		lttng list | grep -q "dlscope-$two-"
		echo >two.go
		wait $two
		babeltrace2 two | grep -q _sqlite3
		assert_nothing_left
	EOF
}

@test "root: other people's daemon and sessions are not touched" {
	alone <<-'EOF'
		lttng-sessiond --no-kernel --background
		daemon=$(cat /run/lttng/lttng-sessiond.pid)
		lttng create theirs --output="$PWD/theirs" >/dev/null
		lttng enable-event -u 'dlscope:*' >/dev/null
		lttng start >/dev/null
		record -o ours -- "$PYTHON" -c "import _ctypes"
		[ "$(cat /run/lttng/lttng-sessiond.pid)" = "$daemon" ] && kill -0 $daemon
		if lttng stop theirs 2>&1 | grep -q already; then fail "theirs was stopped"; fi
		[ ! -e /run/dlscope ] || fail "/run/dlscope was left"
		lttng destroy theirs >/dev/null
		babeltrace2 theirs | grep -q _ctypes
		babeltrace2 ours | grep -q _ctypes
		kill $daemon
	EOF
}

@test "root: triggers of other people's daemon see what is recorded" {
	alone <<-'EOF'
		active() { lttng --mi=xml list | grep -q "<enabled>true"; }
		wait_active() { # the daemon acts when it comes to it
			for ((tries = 0; tries < 500; tries++)); do
				! active || return 0
				sleep 0.02
			done
			fail "the trigger did nothing"
		}
		lttng-sessiond --no-kernel --background
		lttng create theirs --output="$PWD/theirs" >/dev/null
		lttng enable-event -u nothing:such >/dev/null
		lttng add-trigger --condition event-rule-matches --type user:tracepoint \
			--name dlscope:load_begin --action start-session theirs >/dev/null
		record -o one -- "$PYTHON" -c "import _ctypes"
		wait_active
		lttng stop theirs >/dev/null
		# a user's recording has a daemon of its own, and root's is there as well
		user=$(mktemp -d)
		chown 65534 "$user"
		HOME=$user TMPDIR=$user setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$DLSCOPE" record -o "$user/T" -- "$PYTHON" -c "import _ctypes"
		rm -r "$user"
		wait_active
		lttng destroy theirs >/dev/null
		kill $(cat /run/lttng/lttng-sessiond.pid)
	EOF
}

@test "root: what triggers need is left out where there are none" {
	[[ "$(lttng --version)" = *" 2.13."* ]] || skip "not LTTng 2.13"
	alone <<-'EOF'
		descriptors() { record -o T -- "$PYTHON" -c "import os; print(len([fd for fd in os.listdir('/proc/self/fd') if int(fd) > 100]))"; }
		without=$(descriptors)
		with=$(DLSCOPE_TRIGGERS=1 descriptors)
		[ "$without" -lt "$with" ] || fail "$without descriptors of LTTng's, $with with triggers"
	EOF
}

@test "root: a session that takes other providers' events as well" {
	alone <<-'EOF'
		names() { babeltrace2 "$1" | grep -o "dlscope:[a-z_]*" | sort | uniq -c; }
		lttng-sessiond --no-kernel --background
		# LTTng's own providers come before ours and have the first numbers
		lttng create theirs --output="$PWD/theirs" >/dev/null
		lttng enable-event -u '*' >/dev/null
		lttng start >/dev/null
		record -o ours -- "$PYTHON" -c "import _ctypes"
		lttng destroy theirs >/dev/null
		kill $(cat /run/lttng/lttng-sessiond.pid)
		names ours >ours.txt
		names theirs | diff ours.txt -
		grep -q load_begin ours.txt
		babeltrace2 theirs | grep -q "dlscope:load_end.*_ctypes\|dlscope:object.*_ctypes"
	EOF
}

@test "root: of LTTng's threads a program has one for each daemon there is" {
	alone <<-'EOF'
		export HOME=$PWD/home
		threads() { record -o "$1" -- "$PYTHON" -c "import os; print(len(os.listdir('/proc/self/task')))"; }
		[ "$(threads none)" -eq 2 ]
		mkdir -p home/.lttng
		touch home/.lttng/lttng-ust-sock-8
		[ "$(threads users)" -eq 3 ]
	EOF
}

@test "root: a daemon that we started stays while it holds somebody's session" {
	alone <<-'EOF'
		record_in_background one _ctypes
		lttng create theirs --output="$PWD/theirs" >/dev/null
		echo >one.go
		wait $pid
		lttng list | grep -q theirs
		lttng destroy theirs >/dev/null
		record -o next -- true
		assert_nothing_left
	EOF
}

@test "root: programs of another user that come and go do not spoil the trace" {
	alone <<-'EOF'
		record_in_background one _ctypes; one=$pid
		for uid in 12345 12346 12347; do
			"$PYTHON" -c 'import os, sys
		os.setuid(int(sys.argv[1]))
		os.environ["LD_PRELOAD"] = sys.argv[2]
		os.execvp("timeout", ["timeout", "-s", "KILL", "0.00" + sys.argv[1][-1], "sleep", "1"])' \
				$uid "$DLSCOPE_BUILD/lib/dlscope/libdlscope.so" || true
		done
		echo >one.go
		wait "$one"
		"$DLSCOPE" report one >report
		grep -q _ctypes report
	EOF
}

@test "root: a stopped daemon does not keep the program from running" {
	alone <<-'EOF'
		lttng-sessiond --no-kernel --background
		kill -STOP $(cat /run/lttng/lttng-sessiond.pid)
		record -o ours -- touch ran 2>complaint
		[ -e ran ]
		grep -q '^dlscope: touch runs untraced: .*has not answered' complaint
		[ ! -e ours ]
	EOF
}

# With LTTng's own way to wait, 3 s each, it would take a minute.
@test "root: a daemon that is stopped while programs start" {
	alone <<-'EOF'
		cat >program.sh <<-'END'
			kill -STOP "$DLSCOPE_DAEMON" || exit 1
			for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
				/bin/true || exit 2
			done
			kill -CONT "$DLSCOPE_DAEMON" || exit 3
			exec /usr/bin/python3 -c 'import _ctypes, os; print(os.environ["LTTNG_UST_REGISTER_TIMEOUT"])'
		END
		[ "$(timeout -s KILL 40 "$DLSCOPE" record -- sh program.sh)" = 3000 ]
		"$DLSCOPE" report | grep -q _ctypes
	EOF
}

@test "little shared memory: a warning; next to none: the program runs untraced" {
	SHM_SIZE=1m alone <<-'EOF'
		record -- "$PYTHON" -c pass 2>complaint
		grep -q '^dlscope: shared memory is short' complaint
		[ "$(events dlscope.data)" -gt 2 ]
	EOF
	SHM_SIZE=32k alone <<-'EOF'
		record -o none -- touch ran 2>complaint
		[ -e ran ] && [ ! -e none ]
		grep -q '^dlscope: touch runs untraced: too little free shared memory' complaint
		[ "$(wc -l <complaint)" -eq 1 ]
	EOF
}

@test "a full disk is told, the status is still the program's" {
	alone <<-'EOF'
		mkdir small
		mount -t tmpfs -o size=48k none small
		record -o small/trace -- sh -c "'$PYTHON' -c 'import _ssl, _ctypes, _sqlite3'; exit 3" 2>complaint ||
			[ $? -eq 3 ] || fail "status $?"
		grep -q '^dlscope: the disk is full' complaint || fail "$(cat complaint)"
		[ "$(wc -l <complaint)" -eq 1 ] || fail "$(cat complaint)"
		! grep -q '"complete": true' small/trace/dlscope-recording.json || fail "it is told to be whole"
		rm -r small/trace
		head -c 48k /dev/zero >small/filler 2>/dev/null || true
		record -o small/trace -- sh -c "exit 3" 2>complaint || [ $? -eq 3 ] || fail "status $?"
		[ "$(wc -l <complaint)" -eq 1 ] || fail "$(cat complaint)"
		[ "$(ls small)" = filler ] || fail "left: $(ls small)"
		umount small
		assert_nothing_left
	EOF
}
