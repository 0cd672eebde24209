# SPDX-License-Identifier: MIT
# What the report says of failures: every case of tests/failures.

load ../lib/common

# --- what the cases use --------------------------------------------------------

# build_library FILE FLAGS...
build_library() {
	local file=$1
	shift
	cc -shared -fPIC -o "$file" "$DLSCOPE_SOURCE/tests/failures/library.c" -Wl,--no-as-needed "$@"
}

# build_spam FILE FLAGS...
build_spam() {
	local file=$1 include
	shift
	include=$(/usr/bin/python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')
	[ -f "$include/Python.h" ] || skip "python3-dev is not installed (make test ALL=1 installs it)"
	cc -shared -fPIC -I"$include" -o "$file" "$DLSCOPE_SOURCE/tests/failures/spam.c" "$@"
}

# patch_bytes FILE OFFSET BYTES
patch_bytes() {
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# installed_package NAME FILE: a package that dpkg-query believes to be installed
installed_package() {
	need_command dpkg-query
	mkdir -p dpkg/info dpkg/updates
	printf 'Package: %s\nStatus: install ok installed\nMaintainer: me\nArchitecture: amd64\nVersion: 1\nDescription: made\n\n' \
		"$1" >dpkg/status
	echo "$2" >"dpkg/info/$1.list"
	export DPKG_ADMINDIR=$PWD/dpkg
}

# available_package NAME FILE: a package that apt-file finds
available_package() {
	local apt=$PWD/apt file
	need_command apt-file
	mkdir -p apt/here/dists/here/main/binary-amd64 apt/lists/partial apt/cache/archives/partial
	cd apt/here/dists/here
	: >main/binary-amd64/Packages
	echo "${2#/} libs/$1" >main/Contents-amd64
	gzip -k main/Contents-amd64
	{
		printf 'Suite: here\nCodename: here\nComponents: main\nArchitectures: amd64\nDate: %s\nSHA256:\n' "$(date -Ru)"
		for file in main/binary-amd64/Packages main/Contents-amd64 main/Contents-amd64.gz; do
			echo " $(sha256sum $file | cut -d' ' -f1) $(stat -c %s $file) $file"
		done
	} >Release
	cd "$apt"
	: >status
	echo "deb [trusted=yes arch=amd64] file:$apt/here here main" >sources.list
	cat >apt.conf <<-END
		Dir::State "$apt";
		Dir::State::status "$apt/status";
		Dir::State::lists "$apt/lists";
		Dir::Cache "$apt/cache";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		APT::Architecture "amd64";
		APT::Sandbox::User "$(id -un)";
	END
	cd ..
	export APT_CONFIG=$apt/apt.conf
	apt-get -q update >update 2>&1 || fail "$(cat update)"
}

needs_strict_memory() {
	"$PROGRAMS/try_load" strict || skip "Linux before 6.3 cannot forbid memory that is writable and executable"
}

prepare() { :; }
afterwards() { :; }

# --- one case --------------------------------------------------------------------

record_case() {
	case ${command[0]} in
	*/*) ;;
	*) command[0]=$PROGRAMS/${command[0]} ;;
	esac
	local expecting=()
	[ "$wanted_status" != 127 ] || expecting=(-127) # else bats warns
	run "${expecting[@]}" "$DLSCOPE" record --strict "${record_options[@]}" -o T -- "${command[@]}"
	[ "$status" = "${wanted_status}" ] || fail "status $status: $output"
}

# The first entry of the text: up to the first empty line.
check_text() {
	local text entry
	text=$("$DLSCOPE" report "${report_options[@]}" T)
	entry=${text%%$'\n\n'*}
	[[ ${text%%$'\n'*} == $headline ]] || fail "another headline: $entry"
	[ -z "${evidence-}" ] || [[ $entry == $evidence ]] || fail "other evidence: $entry"
}

check_json() {
	"$DLSCOPE" report "${report_options[@]}" --json T >report.json
	assert_json report.json "[f for f in d['failures'] if f['kind'] == '$kind' and f['severity'] == '$severity']"
}

# expect_case NAME
expect_case() {
	local kind headline evidence='' severity=fatal status=1 command report_options=() record_options=() wanted_status
	local LD_LIBRARY_PATH=
	. "$DLSCOPE_SOURCE/tests/failures/$1.sh"
	wanted_status=$status
	prepare
	record_case
	check_text
	check_json
	afterwards
}

@test "abort-in-constructor: A constructor that gives up" {
	expect_case abort-in-constructor
}

@test "dependency-beside: It is beside the file that needs it, where the loader does not look" {
	expect_case dependency-beside
}

@test "dependency-not-found: Three levels down" {
	expect_case dependency-not-found
}

@test "exit-in-constructor: A constructor that ends the program" {
	expect_case exit-in-constructor
}

@test "file-not-found-directory: A directory that is not there" {
	expect_case file-not-found-directory
}

@test "file-not-found-link: A link to nothing" {
	expect_case file-not-found-link
}

@test "file-not-found-path: A path with a slip of the pen" {
	expect_case file-not-found-path
}

@test "file-not-found-version: Another version of it is installed, in a directory that is searched" {
	expect_case file-not-found-version
}

@test "file-not-found: A name that is nowhere" {
	expect_case file-not-found
}

@test "hang: A constructor that waits for what does not come, until somebody kills it" {
	expect_case hang
}

@test "killed-in-constructor: By the out-of-memory killer, or by somebody who got tired of waiting" {
	expect_case killed-in-constructor
}

@test "lookup: dlsym() with a slip of the pen, and nothing comes of it" {
	expect_case lookup
}

@test "noexec: The file system is mounted noexec" {
	expect_case noexec
}

@test "not-elf-html: A download that ended in an error page" {
	expect_case not-elf-html
}

@test "not-elf-lfs: A clone without git-lfs" {
	expect_case not-elf-lfs
}

@test "not-elf-linker-script: What the -dev package has for the linker" {
	expect_case not-elf-linker-script
}

@test "not-elf-object: A .o that was never linked" {
	expect_case not-elf-object
}

@test "not-elf-program: A program under a library's name" {
	expect_case not-elf-program
}

@test "other-machine: For the machines of the next room" {
	expect_case other-machine
}

@test "out-of-memory: ulimit -v" {
	expect_case out-of-memory
}

@test "permission: A directory on the way is closed" {
	expect_case permission
}

@test "static-tls: initial-exec thread-local storage beyond the surplus" {
	expect_case static-tls
}

@test "symbol-version: Built against a newer version of a library" {
	expect_case symbol-version
}

@test "truncated-crash: Cut off behind the headers: the loader maps what is not there, and the process crashes" {
	expect_case truncated-crash
}

@test "truncated-empty: A full disk left an empty file" {
	expect_case truncated-empty
}

@test "truncated: Cut off within the headers" {
	expect_case truncated
}

@test "undefined-symbol: Renamed in the library that it is linked with" {
	expect_case undefined-symbol
}

@test "unwound: Left by a C++ exception that a constructor threw" {
	expect_case unwound
}

@test "wrong-elf-class: For the 32-bit architecture" {
	expect_case wrong-elf-class
}

@test "null-call: dlsym() found nothing, and the program called it" {
	expect_case null-call
}

@test "null-call-in-constructor: The same in a constructor" {
	expect_case null-call-in-constructor
}

@test "retries: The same library by three names: one entry" {
	expect_case retries
}

@test "probe-then-another-cause: A name that is not there was only a try where the next one got further" {
	expect_case probe-then-another-cause
}

@test "story-abort: An extension module whose init function aborts" {
	expect_case story-abort
}

@test "story-null: An extension module whose init function returns NULL" {
	expect_case story-null
}

@test "story-notspam: An extension module that was renamed" {
	expect_case story-notspam
}

@test "story-does-not-exist: A program that calls what it looked up, whether it is there or not" {
	expect_case story-does-not-exist
}

@test "chain: An import inside an init function fails three levels down: one entry" {
	expect_case chain
}

@test "probe-caught: The program catches the error and imports something else" {
	expect_case probe-caught
}

@test "fatal-uncaught: The error is not caught: the program ends of it" {
	expect_case fatal-uncaught
}

@test "crash-stack: With --crash: where in the constructor" {
	expect_case crash-stack
}

@test "crash-null-call: With --crash it is certain that the NULL was called, and from where" {
	expect_case crash-null-call
}

@test "abi-tag: Built for another version of the interpreter" {
	expect_case abi-tag
}

@test "abort-in-exec: An exec function that gives up" {
	expect_case abort-in-exec
}

@test "executable-stack: Refused by a rule of the system" {
	expect_case executable-stack
}

@test "exec-error: An exec function that raises" {
	expect_case exec-error
}

@test "exit-in-init: An init function that ends the program" {
	expect_case exit-in-init
}

@test "file-not-found-file: A file where a directory is meant" {
	expect_case file-not-found-file
}

@test "file-not-found-loop: A link to itself" {
	expect_case file-not-found-loop
}

@test "init-bad-result: An exception left behind" {
	expect_case init-bad-result
}

@test "init-error: An exception" {
	expect_case init-error
}

@test "newer-cpu: Built for instructions that the CPU does not have" {
	expect_case newer-cpu
}

@test "no-dlopen: -z nodlopen" {
	expect_case no-dlopen
}

@test "not-elf-directory: A directory" {
	expect_case not-elf-directory
}

@test "other-system: A library of FreeBSD" {
	expect_case other-system
}

@test "text-relocations: Refused by a rule of the system" {
	expect_case text-relocations
}

@test "too-many-files: ulimit -n" {
	expect_case too-many-files
}

@test "undefined-symbol-signature: C++: of another type" {
	expect_case undefined-symbol-signature
}

@test "wrong-elf-class-dependency: Of a dependency, three levels down" {
	expect_case wrong-elf-class-dependency
}

@test "truncated-dependency: Of a dependency" {
	expect_case truncated-dependency
}

@test "undefined-symbol-beside: The library that has it is not named as needed" {
	expect_case undefined-symbol-beside
}

@test "undefined-symbol-installed: Not linked with -lm" {
	expect_case undefined-symbol-installed
}

@test "package-removed: The package that had it" {
	expect_case package-removed
}

@test "package-elsewhere: The package that has it, elsewhere" {
	expect_case package-elsewhere
}

@test "package-available: The package that would bring it" {
	expect_case package-available
}

@test "package-damaged: The package that a damaged file belongs to" {
	expect_case package-damaged
}

@test "lazy-binding: A function that shows to be missing when it is called" {
	expect_case lazy-binding
}

@test "lazy-binding-in-constructor: The same in a constructor" {
	expect_case lazy-binding-in-constructor
}

@test "every case of the corpus is run" {
	for file in "$DLSCOPE_SOURCE"/tests/failures/*.sh; do
		name=$(basename "$file" .sh)
		grep -q "expect_case $name\$" "$DLSCOPE_SOURCE/tests/cases/failures.bats" || fail "$name is not run"
	done
}
