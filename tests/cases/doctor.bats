# SPDX-License-Identifier: MIT
# dlscope doctor: programs.  Every kind of program that cannot be traced, or not
# fully, is made here and must be found out, by the evidence named.
#
# bats file_tags=analyzer

load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	chmod a+rx . .. ../.. # bats makes them for its user only
	unset LD_PRELOAD
}

# doctor CMD...: asks for JSON, into ./answer.
doctor() {
	run --separate-stderr -- "$DLSCOPE" doctor --no-probe --json -o answer -- "$@"
	[ "$status" -lt 2 ] || fail "status $status: $stderr"
	assert_output_empty
	assert_stderr_empty
}

# The same as a user who is not root, also for `run as_user`.
as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=54321 --regid=54321 --clear-groups "$@"
	else
		"$@"
	fi
}

user_doctor() {
	as_user "$DLSCOPE" doctor --no-probe --json -- "$@" >answer || [ $? -eq 1 ]
}

# found CHECK STATUS [EVIDENCE]: the answer has that finding.
found() {
	assert_json answer "any(c['check'] == '$1' and c['status'] == '$2' and '${3-}' in (c['evidence'] or '')
		and (c['remedy'] or c['status'] in ('ok', 'not-checked')) for c in d['checks'])" ||
		fail "$(json answer "[c for c in d['checks'] if c['check'] == '$1']")"
}

# fine CHECK: it was looked at, and nothing was found.
fine() {
	assert_json answer "{c['status'] for c in d['checks'] if c['check'] == '$1'} == {'ok'}" ||
		fail "$(json answer "[c for c in d['checks'] if c['check'] == '$1']")"
}

compile() { # NAME [FLAG...] <SOURCE
	gcc -x c -o "$1" - "${@:2}"
}

program() { # NAME [FLAG...]
	echo 'int main(void) { return 0; }' | compile "$@"
}

# Prints 1 when the kernel calls it secure, for which the loader drops LD_PRELOAD.
secure_program() { # NAME
	compile "$1" <<-'EOT'
		#include <stdio.h>
		#include <sys/auxv.h>
		int main(void) { printf("%lu\n", getauxval(AT_SECURE)); return 0; }
	EOT
}

@test "a plain program: nothing is found, and everything was looked at" {
	program plain
	doctor ./plain
	assert_json answer "all(c['status'] == 'ok' for c in d['checks'] if c['scope'] == 'program')" ||
		fail "$(json answer "[c for c in d['checks'] if c['scope'] == 'program' and c['status'] != 'ok']")"
	assert_json answer "d['files'] == ['./plain'] and d['command'] == ['./plain']"
	assert_json answer "len({c['check'] for c in d['checks']}) == $(grep -c '^CHECK(' "$DLSCOPE_SOURCE/analyzer/doctor_checks.def")"
}

@test "the program is not run: neither constructors nor resolvers nor main" {
	compile libran.so -shared -fPIC <<-'EOT'
		#include <fcntl.h>
		__attribute__((constructor)) static void start(void) { creat("constructor", 0600); }
		static int real(void) { return 0; }
		static void *resolve(void) { creat("resolver", 0600); return real; }
		int chosen(void) __attribute__((ifunc("resolve")));
	EOT
	compile runs -L. -lran -Wl,-rpath,'$ORIGIN' -Wl,-z,now <<-'EOT'
		#include <fcntl.h>
		int chosen(void);
		int main(void) { creat("main", 0600); return chosen(); }
	EOT
	doctor ./runs
	[ ! -e constructor ] && [ ! -e resolver ] && [ ! -e main ] || fail "it was run: $(ls)"
	fine dependencies
	./runs
	[ -e constructor ] && [ -e resolver ] && [ -e main ] || fail "this test proves nothing: $(ls)"
}

@test "no such program, not executable, a directory: trouble" {
	echo x >file
	for name in ./nonesuch nonesuch-on-path ./file . ''; do
		dlscope doctor --no-probe -- "$name"
		assert_status 2
		assert_one_complaint
		assert_output_empty
	done
	dlscope doctor --format xml
	assert_status 2
	assert_stderr_has "unknown format 'xml'"
}

@test "setuid and setgid: found where the kernel says AT_SECURE, and only there" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	secure_program secure
	for mode in 755 4755 2755 2745 6755; do
		for owner in 0:0 1:1 54321:54321; do
			cp secure program && chown "$owner" program && chmod "$mode" program
			for user in root_doctor user_doctor; do
				if [ $user = root_doctor ]; then
					doctor ./program
					secure=$(./program)
				else
					user_doctor ./program
					secure=$(as_user ./program)
				fi
				if [ "$secure" = 1 ]; then
					found setuid no ./program || fail "$mode $owner $user"
				else
					fine setuid || fail "$mode $owner $user"
				fi
			done
		done
	done
}

@test "file capabilities and no_new_privs: as the kernel does it" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	need_command setcap
	secure_program secure
	cp secure plain && setcap cap_net_bind_service+ep plain 2>/dev/null || skip "no file capabilities here"
	for caps in none cap_net_bind_service+ep cap_net_bind_service+p cap_net_bind_service+i; do
		for mode in 755 4755; do
			for run in "setpriv" "setpriv --no-new-privs" "setpriv --reuid=54321" \
				"setpriv --reuid=54321 --no-new-privs"; do
				cp secure program && chown 1 program && chmod $mode program
				[ $caps = none ] || setcap $caps program
				# shellcheck disable=SC2086
				$run "$DLSCOPE" doctor --no-probe --json -- ./program >answer || [ $? -eq 1 ]
				# shellcheck disable=SC2086
				secure=$($run ./program)
				assert_json answer "$secure == any(c['status'] == 'no' for c in d['checks']
					if c['check'] in ('setuid', 'capabilities'))" ||
					fail "$caps $mode $run: AT_SECURE $secure $(json answer "[c for c in d['checks']
						if c['check'] in ('setuid', 'capabilities')]")"
			done
		done
	done
	cp secure program && chown 1 program && chmod 4755 program
	setpriv --no-new-privs "$DLSCOPE" doctor --no-probe --json -- ./program >answer || [ $? -eq 1 ]
	found privileges-ignored note no_new_privs
	fine setuid
}

@test "privileges on a file system mounted nosuid do not count" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare --mount true 2>/dev/null || skip "needs namespaces (CAP_SYS_ADMIN)"
	secure_program secure
	mkdir mounted
	unshare --mount sh -ec 'mount -t tmpfs -o nosuid none mounted
		cp secure mounted/program; chown 1 mounted/program; chmod 4755 mounted/program
		mounted/program >secure.txt
		"$DLSCOPE" doctor --no-probe --json -- mounted/program >answer || [ $? -eq 1 ]'
	[ "$(cat secure.txt)" = 0 ] || fail "the kernel thinks otherwise"
	fine setuid
	found privileges-ignored note nosuid
}

@test "static and static-PIE; the loader itself is neither" {
	program static -static
	program static-pie -static-pie
	doctor ./static
	found static-program no './static is static: it has no PT_INTERP'
	doctor ./static-pie
	found static-program no static-PIE
	found dlmopen not-checked
	doctor /lib64/ld-linux-x86-64.so.2 /bin/true
	fine static-program
}

@test "another loader: musl's, a missing one, another glibc" {
	program musl -Wl,--dynamic-linker="$PWD/ld-musl-x86_64.so.1"
	doctor ./musl
	found loader no 'cannot be executed'
	cp /bin/true ld-musl-x86_64.so.1
	doctor ./musl
	found loader no 'is musl'
	mkdir glibc
	cp /lib64/ld-linux-x86-64.so.2 glibc/
	program other -Wl,--dynamic-linker="$PWD/glibc/ld-linux-x86-64.so.2"
	doctor ./other
	found other-glibc partly glibc/ld-linux-x86-64.so.2
}

@test "another architecture: word size, machine" {
	program plain
	cp plain arm && printf '\267' | dd of=arm bs=1 seek=18 conv=notrunc status=none
	doctor ./arm
	found architecture no 'machine 183'
	printf '\177ELF\001\001\001\0\0\0\0\0\0\0\0\0\003\0\003\0\001\0\0\0\0\0\0\0\064\0\0\0\0\0\0\0\0\0\0\0\064\0\040\0\0\0\050\0\0\0\0\0' >i386
	chmod 755 i386
	doctor ./i386
	found architecture no 'class 1, machine 3'
}

@test "damaged ELF files: an answer, never a crash" {
	program plain
	for size in 0 3 4 16 63 64 100 700 4000 12000; do
		head -c $size plain >cut && chmod 755 cut
		doctor ./cut
	done
	for offset in 4 5 16 18 32 40 54 56 58 60 62 64 100 568 700; do
		cp plain bad && printf '\377\377\377' | dd of=bad bs=1 seek=$offset conv=notrunc status=none
		doctor ./bad
	done
}

@test "scripts: their interpreters, through env, several deep" {
	program plain
	printf '#!%s\n' "$PWD/plain" >one
	printf '#! %s -x y\n' "$PWD/one" >two
	chmod 755 one two
	doctor ./two
	assert_json answer "d['files'] == ['./two', '$PWD/one', '$PWD/plain']"
	printf '#!/usr/bin/env -S -u X A=b %s -z\n' "$PWD/two" >three && chmod 755 three
	doctor ./three
	assert_json answer "[f.split('/')[-1] for f in d['files']] == ['three', 'env', 'two', 'one', 'plain']"
	printf '#!/nonesuch/python\n' >lost && chmod 755 lost
	doctor ./lost
	found interpreter no /nonesuch/python
	printf 'echo hello\n' >bare && chmod 755 bare
	doctor ./bare
	found format partly '#!'
	doctor /usr/bin/env -C / -- sh -c true
	found launcher note /sh
	fine environment
	doctor env --bogus sh
	found launcher note 'does not understand'
}

@test "scripts: as deep as the kernel goes" {
	program plain
	previous=plain
	for name in 1 2 3 4 5 6 7; do
		printf '#!%s\n' "$PWD/$previous" >$name && chmod 755 $name
		previous=$name
		doctor ./$name
		if ./$name 2>/dev/null; then
			fine interpreter || fail "$name is run"
		else
			found interpreter no "the kernel follows" || fail "$name is not run"
		fi
	done
	printf '#!%s\n' "$PWD/loop" >loop && chmod 755 loop
	doctor ./loop
	found interpreter no 'in a row'
}

@test "what drops LD_PRELOAD or starts the program elsewhere" {
	program plain
	mkdir bin && cp plain bin/sudo && cp plain bin/docker
	while IFS='|' read -r command check evidence; do
		# shellcheck disable=SC2086
		doctor $command
		found "$check" no "$evidence" || fail "$command"
	done <<-'EOT'
		env -i ./plain|environment|-i
		env - ./plain|environment|-i
		env --ignore-environment A=b ./plain|environment|-i
		env -u LD_PRELOAD ./plain|environment|drops LD_PRELOAD
		env -uLD_PRELOAD ./plain|environment|drops LD_PRELOAD
		env --unset=LD_PRELOAD ./plain|environment|drops LD_PRELOAD
		env LD_PRELOAD=x.so ./plain|environment|replaces LD_PRELOAD
		bin/sudo ./plain|environment|bin/sudo
		bin/docker run x|elsewhere|bin/docker
	EOT
	doctor env A=b -i # here -i is the program
	found interpreter no "cannot run"
	doctor env -u HOME A=b ./plain
	fine environment
	assert_json answer "d['files'][-1] == './plain'"
	assert_json answer "d['verdict'] != 'no' or '${DLSCOPE_SANITIZED-}'"
}

@test "libraries that are missing, and symbols in those that are there" {
	echo 'int f(void) { return 0; }' | compile libgone.so -shared -fPIC
	echo 'int f(void); int main(void) { return f(); }' | compile needs -L. -lgone
	doctor ./needs
	found dependencies no 'libgone.so, which is not found'
	LD_LIBRARY_PATH=$PWD doctor ./needs
	fine dependencies
	mkdir elsewhere bin2
	echo 'int f(void); int main(void) { return f(); }' |
		compile elsewhere/origin -L. -lgone -Wl,-rpath,'$ORIGIN/lib'
	mkdir elsewhere/lib && cp libgone.so elsewhere/lib/ && ln -s ../elsewhere/origin bin2/
	bin2/origin
	doctor bin2/origin
	fine dependencies
	printf '#define _GNU_SOURCE\n#include <dlfcn.h>\nvoid *g(void) { return dlmopen(-1, "x", 1); }\n' |
		compile libuses.so -shared -fPIC
	echo 'void *g(void); int main(void) { return !g(); }' | compile user -L. -luses -Wl,-rpath,'$ORIGIN'
	doctor ./user
	found dlmopen partly "libuses.so has the dynamic symbol dlmopen"
	printf 'void zend_parse_parameters(void) {}\nint main(void) { return 0; }\n' | compile php -rdynamic
	doctor ./php
	found deepbind partly zend_parse_parameters
	printf '#define _GNU_SOURCE\n#include <unistd.h>\nint main(void) { closefrom(3); return close_range(3, 9, 0); }\n' |
		compile closer
	doctor ./closer
	if nm -D "$DLSCOPE_BUILD/lib/dlscope/libdlscope.so" 2>/dev/null | grep -q ' T close_range'; then
		fine closes-all
	else
		found closes-all partly close_range
	fi
	program go -Wl,--build-id
	printf 'x' >info && objcopy --add-section .go.buildinfo=info go
	doctor ./go
	found go note .go.buildinfo
}

@test "a program without sections, and one that may not be read" {
	program plain
	cp plain bare && printf '\0\0\0\0\0\0\0\0' | dd of=bare bs=1 seek=40 conv=notrunc status=none
	printf '\0\0\0\0' | dd of=bare bs=1 seek=60 conv=notrunc status=none
	./bare
	doctor ./bare
	found readable partly 'no table of dynamic symbols'
	found dlmopen not-checked
	chmod 711 plain
	user_doctor ./plain
	[ "$(id -u)" -ne 0 ] || found readable partly 'Permission denied'
}

@test "AppArmor: profiles as the kernel shows them" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare --mount true 2>/dev/null || skip "needs namespaces (CAP_SYS_ADMIN)"
	[ -d /sys/kernel/security ] || skip "no securityfs"
	mkdir -p opt/app/lib && program opt/app/lib/program && program plain
	profile() { # NAME MODE ATTACH
		mkdir -p "security/apparmor/policy/profiles/$1.1"
		echo "$1" >"security/apparmor/policy/profiles/$1.1/name"
		echo "$2" >"security/apparmor/policy/profiles/$1.1/mode"
		echo "$3" >"security/apparmor/policy/profiles/$1.1/attach"
	}
	confined() {
		unshare --mount sh -c 'mount --bind security /sys/kernel/security && exec "$@"' - \
			"$DLSCOPE" doctor --no-probe --json -- "$@" >answer || [ $? -eq 1 ]
	}
	profile app enforce "/{tmp,var,root,home,work}/**/opt/*/lib/pro?ram"
	profile other complain "/**/plain"
	confined ./opt/app/lib/program
	found apparmor partly 'confined by app (enforce'
	confined ./plain
	fine apparmor
	found apparmor ok 'other, in mode complain'
	profile app enforce "/*/program"
	confined ./opt/app/lib/program
	fine apparmor
}

@test "text: a verdict, then findings with what to do; --all shows the rest" {
	program static -static
	dlscope doctor --no-probe -- ./static
	assert_status 1
	[[ ${lines[0]} == "./static cannot be traced (glibc "*"; it was not run)" ]] || fail "${lines[0]}"
	assert_output_has "static-program"
	assert_output_has "  ->  link it dynamically"
	[[ $output != *"ok  "* ]] || fail "$output"
	dlscope doctor --no-probe --all -- ./static
	assert_output_has "ok           glibc"
	assert_output_has "not-checked  dlmopen"
	cp static "$(printf 'bad\033name')"
	dlscope doctor --no-probe -- "$(printf './bad\033name')"
	[[ $output != *$'\033'* ]] || fail "an escape sequence came through"
}

@test "JSON: names that are not UTF-8" {
	program plain
	name=$(printf './\377name')
	cp plain "$name"
	doctor "$name"
	assert_json answer "d['command'] == [r'./\\xffname'] and d['command_bytes']"
}
