# SPDX-License-Identifier: MIT
# Rules of a user's own: DLSCOPE_CONVENTIONS.

load ../lib/common
load ../lib/runtimes

# A plug-in host, which no table knows: ./host PLUGIN..., and three plug-ins for it.
make_host() {
	gcc -w -rdynamic -o host -x c - <<-'END'
		#include <dlfcn.h>
		#include <stdio.h>
		int myhost_api(void) { return 1; }
		int main(int argc, char **argv)
		{
			for (int i = 1; i < argc; i++) {
				char path[99], name[99];
				snprintf(path, 99, "./lib%s.so", argv[i]);
				snprintf(name, 99, "start_%s", argv[i]);
				void *handle = dlopen(path, RTLD_NOW);
				int (*start)(int) = handle ? dlsym(handle, name) : 0;
				printf("%s: %d\n", argv[i], start ? start(7) : -1);
			}
			return 0;
		}
	END
	compile libgood.so <<<'int start_good(int x) { return x; }'
	compile libbad.so <<<'int start_bad(int x) { return 0; }'
	compile libnone.so <<<'int nothing;'
	cat >rules <<-'END'
		/* hosts of ours */ # and more
		RUNTIME(myhost, "my host", "myhost_api", NOWHERE, "", PROGRAM, "", NULL)
		CONVENTION(myhost_start, myhost, "start_*", none,
			REQUIRED, LIB_STEM, ZERO_IS_FAILURE, PLAIN) // seven is well
	END
}

@test "a host of one's own, and its modules, are known by two rows" {
	make_host
	DLSCOPE_CONVENTIONS=rules both_ways ./host good bad none good
	[ ! -s recorded.err ]
	modules "my host" "good ok, bad failed, none failed, good ok"
	check "
assert m['good']['init_ns'] > 0 and m['good']['symbol'] == 'start_good', m['good']
assert failed[m['bad']['id']]['message'] == 'start_bad returned 0', failed
assert failed[m['none']['id']]['kind'] == 'init-symbol-missing', failed
assert programs['host'] == {'name': 'my host', 'version': ''}, programs"
	# the trace has kept them
	rm rules
	mv T elsewhere
	"$DLSCOPE" report elsewhere --format json | diff - <(sed 's/"path": "T"/"path": "elsewhere"/' report.json)
}

@test "without rules a host's plug-ins are what it loads and looks something up in" {
	make_host
	both_ways ./host good none good
	check "
x = m['good']
assert list(m) == ['good'] and len(r['modules']) == 1 and len(r['loads']) == 3, r
assert (x['runtime'], x['kind'], x['symbol'], x['outcome'], x['init_ns']) == ('', 'other', 'start_good', 'ok', 0), x
assert x['open_ns'] > 0 and x['resolve_ns'] > 0 and x['object'].endswith('/libgood.so'), x"
}

@test "rules for a runtime that is known, in a child in another directory" {
	printf 'CONVENTION(ours, cpython, "ours_begin", none, OPTIONAL, LIB_STEM, NEVER, PLAIN)\n' >rules
	compile libplug.so <<<'double ours_begin(void) { return 0; }'
	printf '%s\n' 'import ctypes, os' 'f = ctypes.CDLL(os.environ["PLUG"]).ours_begin' 'f.restype = None; f()' >script.py
	mkdir sub
	PLUG=$PWD/libplug.so DLSCOPE_CONVENTIONS=rules both_ways sh -c "cd sub && exec $PYTHON ../script.py"
	# the lookup is _ctypes', which is not CPython: nothing is taken for a module
	check "assert 'plug' not in m, m"
	sed -i 's/cpython/ctypes/' rules
	PLUG=$PWD/libplug.so DLSCOPE_CONVENTIONS=rules both_ways sh -c "cd sub && exec $PYTHON ../script.py"
	check "assert m['plug']['runtime'] == 'ctypes' and m['plug']['init_ns'] > 0, m"
}

# wrong WHERE WHAT ROW...: what is said of a file with these rows
wrong() {
	local where=$1 what=$2
	shift 2
	printf '%s\n' "$@" >rules
	DLSCOPE_CONVENTIONS=rules dlscope record --strict -o T -- echo ran
	assert_status 125
	assert_output_empty
	assert_one_complaint
	[[ $stderr == *"dlscope: $PWD/rules:$where: $what"* ]] || fail "not $where: $what: $stderr"
}

@test "mistakes are told with line and column" {
	local good='CONVENTION(a, cpython, "ab_*", none, REQUIRED, REST, NEVER, PLAIN)'
	wrong 1:1 'neither CONVENTION(...) nor RUNTIME(...)' 'CONVENTIONS(a)'
	wrong 2:12 'a ( is missing' "$good" 'CONVENTION a'
	wrong 1:14 'a comma is missing, of eight columns' 'CONVENTION(a b)'
	wrong 1:21 'the quote that ends the text is missing' 'CONVENTION(a, b, "ab'
	wrong 2:5 '"SOMETIMES" is none of REQUIRED, OPTIONAL' 'CONVENTION(a, cpython, "ab_*", none,' '    SOMETIMES, REST, NEVER, PLAIN)'
	wrong 1:15 'there is no runtime "nobody"' 'CONVENTION(a, nobody, "ab_*", none, REQUIRED, REST, NEVER, PLAIN)'
	wrong 1:24 'a symbol has one * or none' 'CONVENTION(a, cpython, "a*b*", none, REQUIRED, REST, NEVER, PLAIN)'
	wrong 1:12 "\"cpython_init\" is one of dlscope's own rules" 'CONVENTION(cpython_init, cpython, "ab_*", none, REQUIRED, REST, NEVER, PLAIN)'
	wrong 1:48 'the last column of a runtime of your own is NULL' 'RUNTIME(a, "b", "c", NOWHERE, "", PROGRAM, "", attach)'
	wrong 3:1 'neither CONVENTION(...) nor RUNTIME(...)' "$good" '/* never ends? it does */' 'x'
	wrong 2:1 'a name or a text in quotes is missing' 'RUNTIME('
}

@test "they are told once, and the program runs" {
	make_host
	echo 'CONVENTION(' >>rules
	DLSCOPE_CONVENTIONS=rules dlscope record -o T -- sh -c './host good; ./host good; true'
	assert_status 0
	[ "$output" = $'good: 7\ngood: 7' ]
	assert_one_complaint
	assert_stderr_has "recording without the rules of DLSCOPE_CONVENTIONS: $PWD/rules:6:1: "
	"$DLSCOPE" report T --format json >report.json
	check "assert len(r['processes']) == 3 and m['good']['runtime'] == '' and m['good']['init_ns'] == 0, r"
}

@test "a file that is not there, or is none" {
	DLSCOPE_CONVENTIONS=nowhere dlscope record -o T -- true
	assert_status 0
	assert_one_complaint
	assert_stderr_has "without the rules of DLSCOPE_CONVENTIONS: cannot read nowhere: No such file or directory"
	DLSCOPE_CONVENTIONS=/dev/zero dlscope record --strict -o T2 -- sh -c 'echo ran'
	assert_status 125
	assert_output_empty
	assert_one_complaint
	head -c 70000 /dev/urandom >noise
	DLSCOPE_CONVENTIONS=noise dlscope record -o T3 -- true
	assert_status 0
	assert_one_complaint
}

@test "more rules than there is room for" {
	for i in $(seq 70); do printf 'CONVENTION(r%d, cpython, "ab%d", none, REQUIRED, REST, NEVER, PLAIN)\n' "$i" "$i"; done >rules
	DLSCOPE_CONVENTIONS=rules dlscope record --strict -o T -- sh -c 'echo ran'
	assert_status 125
	assert_output_empty
	assert_stderr_has "or one too many"
}

@test "the library by itself tells of mistakes, too, and uses what comes before" {
	make_host
	printf 'CONVENTION(\n' >>rules
	dlscope record --strict -o T -- env DLSCOPE_CONVENTIONS="$PWD/rules" ./host good
	assert_status 0
	assert_one_complaint
	assert_stderr_has "$PWD/rules:6:1: a name or a text in quotes is missing; the rules from there on are not used"
	"$DLSCOPE" events T | grep -q '"convention": *"myhost_start"'
}
