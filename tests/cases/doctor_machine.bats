# SPDX-License-Identifier: MIT
# dlscope doctor: the machine.  What a recording needs is taken away or replaced,
# one thing at a time, and must be found out; and doctor leaves nothing behind.
#
# dlscope is copied to a directory of its own, where its libraries can be spoilt.
# Where files of the system are replaced, a mount namespace keeps it from others.

load ../lib/common

setup() {
	STAGE=$(mktemp -d "${TMPDIR:-/tmp}/dlscope-test.XXXXXX")
	chmod 755 "$STAGE"
	mkdir "$STAGE/bin" "$STAGE/lib" "$STAGE/work" "$STAGE/work/tmp"
	cp "$DLSCOPE" "$STAGE/bin/"
	cp -r "$DLSCOPE_BUILD/lib/dlscope" "$STAGE/lib/"
	TEST_UID=$(id -u)
	[ "$TEST_UID" -ne 0 ] || TEST_UID=$((40000 + $$ % 10000))
	[ "$(id -u)" -ne 0 ] || chown -R "$TEST_UID:$TEST_UID" "$STAGE/work"
	cd "$STAGE/work" || return 1
	DLSCOPE=$STAGE/bin/dlscope
	LIBRARIES=$STAGE/lib/dlscope
	export STAGE DLSCOPE LIBRARIES
	unset LD_PRELOAD LD_AUDIT
}

teardown() {
	rm -rf "$STAGE"
}

# Runs a command as an ordinary user, whose recordings have a daemon of their own.
as_user() {
	local environment=(-u XDG_RUNTIME_DIR -u HOME "TMPDIR=$STAGE/work/tmp")
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid="$TEST_UID" --regid="$TEST_UID" --clear-groups env "${environment[@]}" "$@"
	else
		env "${environment[@]}" "$@"
	fi
}

# doctor [NAME=VALUE...] [OPTION...]: asks for JSON, into ./answer, without a recording.
doctor() {
	local variables=()
	while [[ ${1-} == *=* ]]; do variables+=("$1") && shift; done
	env "${variables[@]}" "$DLSCOPE" doctor --no-probe --json "$@" >answer || [ $? -eq 1 ]
}

found() { # CHECK STATUS [EVIDENCE]
	assert_json answer "any(c['check'] == '$1' and c['status'] == '$2' and '${3-}' in (c['evidence'] or '')
		and (c['remedy'] or c['status'] in ('ok', 'not-checked')) for c in d['checks'])" ||
		fail "$(json answer "[c for c in d['checks'] if c['check'] == '$1']")"
}

verdict() {
	assert_json answer "d['verdict'] == '$1'" || fail "$(json answer "[c for c in d['checks'] if c['status'] != 'ok']")"
}

# Runs a script (stdin) in a mount namespace of its own, alone with its daemon.
alone() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare --mount --pid --fork true 2>/dev/null || skip "needs namespaces (CAP_SYS_ADMIN)"
	cat >script
	run --separate-stderr -- timeout -k 1 120 unshare --mount --pid --fork --mount-proc bash -e -c '
		mount -t tmpfs none /run
		mount -t tmpfs ${SHM_SIZE:+-o size=$SHM_SIZE} none /dev/shm
		doctor() { "$DLSCOPE" doctor --json "$@" >answer || [ $? -eq 1 ]; }
		hide() { mount --bind /dev/null "$(readlink -f "$1")"; }
		. ./script
	'
	assert_status 0
}

@test "an ordinary user: one line, and a recording proves it; nothing is left" {
	run --separate-stderr -- as_user "$DLSCOPE" doctor
	assert_status 0
	assert_stderr_empty
	[[ $output == "a program on this machine can be traced fully (glibc "*"lttng-sessiond "* ]] || fail "$output"
	[ "${#lines[@]}" -eq 1 ] || fail "$output"
	as_user "$DLSCOPE" doctor --json >answer
	found recording ok 'true was recorded'
	verdict yes
	[ -z "$(ls -A tmp)" ] || fail "left: $(find tmp)"
	assert_json answer "all(c['status'] == 'ok' for c in d['checks']) and d['command'] == []"
}

@test "root: a daemon is started for the recording, and ended" {
	alone <<-'EOT'
		doctor
		# mount(8) makes /run/mount; the daemon of LTTng 2.16 leaves its consumer's folder
		[ -z "$(find /run -path /run/mount -prune -o -path /run/lttng/ustconsumerd64 -prune -o -path /run/lttng -o ! -path /run -print)" ]
		[ -z "$(ls -A /dev/shm)" ]
	EOT
	found daemon-answers ok 'none runs'
	found recording ok 'true was recorded'
	verdict yes
}

@test "root: a daemon that runs is asked; a stopped one is found out" {
	alone <<-'EOT'
		lttng-sessiond --no-kernel --background
		pid=$(cat /run/lttng/lttng-sessiond.pid)
		lttng create theirs --output="$PWD/theirs" >/dev/null
		"$DLSCOPE" doctor --json >first
		kill -STOP $pid
		doctor
		kill -CONT $pid
		lttng list | grep -q theirs
		kill $pid
	EOT
	found daemon-answers no 'has not answered'
	found daemon-stopped partly 'is in state T'
	found recording not-checked
	verdict no
	mv first answer
	found daemon-answers ok 'has 1 session'
	found daemon-stopped ok
	verdict yes
}

@test "dlscope's own libraries: missing, of another version, in a bad place" {
	version=$(cat "$DLSCOPE_SOURCE/VERSION")
	"$PYTHON" - "$LIBRARIES/libdlscope.so" "$version" <<-'EOT'
		import sys
		path, version = sys.argv[1], sys.argv[2].encode()
		data = open(path, "rb").read()
		open(path, "wb").write(data.replace(b"\0" + version + b"\0", b"\0" + b"9" * len(version) + b"\0"))
	EOT
	doctor
	found library-version no "libdlscope.so does not hold the text $version"
	found library-version ok libdlscope-lttng.so
	rm "$LIBRARIES/libdlscope-lttng.so"
	doctor
	found libraries no libdlscope-lttng.so
	found library-version not-checked
	cp -r "$DLSCOPE_BUILD/lib/dlscope/." "$LIBRARIES"
	mkdir "a b" && cp -r "$STAGE/bin" "$STAGE/lib" "a b/"
	DLSCOPE="$PWD/a b/bin/dlscope" doctor
	found libraries no 'blank or colon'
	verdict no
}

@test "no other version of lttng-sessiond passes for the right one" {
	mkdir path
	printf '#!/bin/sh\n[ "$1" != --version ] || { echo 2.9.0; exit; }\nexit 1\n' >path/lttng-sessiond
	chmod 755 path/lttng-sessiond
	doctor PATH="$PWD/path:$PATH"
	found session-daemon ok "$PWD/path/lttng-sessiond"
	found daemon-version partly 'says "2.9.0"'
	found daemon-protocol not-checked
	as_user PATH="$PWD/path:$PATH" "$DLSCOPE" doctor --json >answer || [ $? -eq 1 ]
	found recording no 'lttng-sessiond does not start'
	verdict no
	printf 'char text[] = "/var/run/lttng/lttng-ust-sock-7";\n#include <stdio.h>\nint main(void) { puts("2.13.9"); return !text[0]; }\n' |
		gcc -x c -o path/lttng-sessiond -
	doctor PATH="$PWD/path:$PATH"
	found daemon-protocol no lttng-ust-sock-7
}

@test "an lttng-sessiond that hangs: an answer all the same" {
	mkdir path
	printf '#!/bin/sh\nexec sleep 1000\n' >path/lttng-sessiond
	chmod 755 path/lttng-sessiond
	doctor PATH="$PWD/path:$PATH"
	found daemon-version partly 'has not ended within'
}

@test "parts of LTTng and libunwind that are missing" {
	alone <<-'EOT'
		library() { ldconfig -p | sed -n "s/^\t$1 .* => //p" | head -n 1; }
		unwind=$(library libunwind.so.8) ust=$(library liblttng-ust.so.1)
		hide "$unwind"; doctor --no-probe; umount "$(readlink -f "$unwind")"; mv answer unwind
		hide "$ust"; doctor --no-probe; umount "$(readlink -f "$ust")"; mv answer ust
		hide /usr/bin/lttng-sessiond
		doctor --no-probe; mv answer daemon
	EOT
	mv unwind answer
	found unwinder partly libunwind.so.8
	mv ust answer
	found libraries no
	mv daemon answer
	found session-daemon no 'not installed'
	verdict no
}

@test "shared memory: little, next to none, none that can be written" {
	SHM_SIZE=1m alone <<<'doctor --no-probe'
	found small-buffers partly
	verdict partly
	SHM_SIZE=32k alone <<<'doctor --no-probe'
	found shared-memory no 'too little free shared memory'
	alone <<<'mount -t tmpfs -o ro none /dev/shm; doctor --no-probe'
	found shared-memory no
}

@test "a directory of libraries that is mounted noexec" {
	alone <<-'EOT'
		mount --bind "$STAGE/lib" "$STAGE/lib"
		mount -o remount,bind,noexec "$STAGE/lib"
		doctor --no-probe
	EOT
	found library-mount no 'mounted noexec'
}

@test "variables that programs inherit" {
	doctor DLSCOPE_DISABLE=1
	found disabled no 'DLSCOPE_DISABLE is 1'
	doctor LTTNG_UST_REGISTER_TIMEOUT=0
	found register-timeout partly
	doctor LD_AUDIT=/nonesuch.so 2>/dev/null
	found audit note /nonesuch.so
}

@test "others in LD_PRELOAD and /etc/ld.so.preload: what they define" {
	# what dlscope itself does not call
	printf 'int dlinfo(void *h, int r, void *i) { return -1; }\nvoid closefrom(int f) {}\n' |
		gcc -x c -shared -fPIC -o libwrap.so -
	printf 'int other(void) { return 0; }\n' | gcc -x c -shared -fPIC -o libother.so -
	doctor LD_PRELOAD="$PWD/libother.so:$PWD/nonesuch.so $PWD/libwrap.so" 2>/dev/null
	found preload ok 'libother.so, which defines nothing traced'
	found preload note 'nonesuch.so, which cannot be preloaded'
	found preload note 'LD_PRELOAD names '"$PWD"'/libwrap.so, which defines dlinfo, closefrom'
	doctor LD_PRELOAD=libwrap.so LD_LIBRARY_PATH="$PWD"
	found preload note "$PWD/libwrap.so, which defines"
	alone <<-'EOT'
		cp -a /etc etc
		echo "$PWD/libwrap.so" >etc/ld.so.preload
		mount --bind etc /etc
		doctor --no-probe
	EOT
	found preload note '/etc/ld.so.preload names '"$PWD"'/libwrap.so'
}

@test "a system call filter is told" {
	gcc -x c -o filtered - <<-'EOT'
		#include <linux/filter.h>
		#include <linux/seccomp.h>
		#include <sys/prctl.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			struct sock_filter allow = { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW };
			struct sock_fprog program = { 1, &allow };
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
			if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
				return 99;
			return execv(argv[1], argv + 1);
		}
	EOT
	./filtered "$DLSCOPE" doctor --no-probe --json >answer || [ $? -eq 1 ]
	found seccomp note 'is 2'
}
