# SPDX-License-Identifier: MIT
# Rules of a user's own: DLSCOPE_CONVENTIONS.

load ../lib/common
load ../lib/runtimes
load ../lib/pythons

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
	wrong 2:3 'the comment does not end' "$good" '  /* never ends' "$good"
	wrong 1:2 'the comment does not end' ' /*/'
	wrong 3:12 'this id stands in line 2 already' '' "$good" "${good/ab_/cd_}"
	wrong 2:24 'this symbol of this runtime stands in line 1 already' "$good" "${good/(a,/(b,}"
	wrong 1:32 'the runtime "perl" is no FRONT' "${good/none/perl}"
	wrong 1:32 'there is no runtime "nobody"' "${good/none/nobody}"
	wrong 1:31 'the expression has no group (...) for the version' 'RUNTIME(a, "b", "some", PATH, "[0-9]+", PROGRAM, "", NULL)'
	wrong 1:31 'where the version stands is missing' 'RUNTIME(a, "b", "some", TEXT, "", PROGRAM, "", NULL)'
	wrong 1:32 'no Perl-compatible expression: ' 'RUNTIME(a, "b", "some", PATH,  "([0-9]+", PROGRAM, "", NULL)'
	wrong 1:24 'a symbol has one * or none' "${good/ab_\*/"$(printf 'x*%.0s' {1..9999})"}"
	# of a line that is too long for one sentence the beginning is told
	wrong 1:38 "\"$(printf 'A%.0s' {1..40})\" is none of REQUIRED" "${good/REQUIRED/$(printf 'A%.0s' {1..20000})}"
	[ "${#stderr}" -lt 300 ]
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
	mkdir directory
	DLSCOPE_CONVENTIONS=directory dlscope record -o T4 -- true
	assert_one_complaint
	assert_stderr_has "$PWD/directory is no file of rules"
	head -c 70000 /dev/urandom >noise
	DLSCOPE_CONVENTIONS=noise dlscope record -o T3 -- true
	assert_status 0
	assert_one_complaint
}

@test "a file without rules, or with more than text" {
	for text in '' '\n' '# RUNTIME(later)\n/* and this */'; do
		printf "$text" >rules
		DLSCOPE_CONVENTIONS=rules dlscope record -o T -- echo ran
		assert_status 0
		[ "$output" = ran ]
		assert_one_complaint
		assert_stderr_has "$PWD/rules has no rules"
	done
	printf '# one\n# two\0\nRUNTIME(' >rules
	DLSCOPE_CONVENTIONS=rules dlscope record -o T -- true
	assert_one_complaint
	assert_stderr_has "$PWD/rules is no text: there is a NUL in line 2"
	cp "$DLSCOPE" rules
	truncate -s 3000 rules
	DLSCOPE_CONVENTIONS=rules dlscope record --strict -o T -- echo ran
	assert_status 125
	assert_output_empty
	assert_stderr_has "$PWD/rules is no text: there is a NUL in line 1"
}

@test "a file that may not be read" {
	echo '# nothing' >rules
	chmod 0 rules
	local drop=-dac_override,-dac_read_search as_user=()
	[ ! -r rules ] || as_user=(setpriv "--inh-caps=$drop" "--bounding-set=$drop") # root reads everything
	DLSCOPE_CONVENTIONS=rules run --separate-stderr -- "${as_user[@]}" "$DLSCOPE" record -o T -- true
	assert_status 0
	assert_one_complaint
	assert_stderr_has "Permission denied"
}

@test "names that look like modules', looked up by who is no runtime" {
	[ -e /usr/lib/x86_64-linux-gnu/libtcl8.6.so ] || skip "tcl is not installed (make test ALL=1 installs it)"
	compile libgame.so -Wl,-Bsymbolic <<-'END'
		void *self[3];
		void *Foo_Init(void) { return Foo_Init; }
		void *initgroups(void) { return initgroups; }
		void *PyInit_foo(void) { return PyInit_foo; }
	END
	# which has Tcl and Python linked to it, and in it
	gcc -w -o game -x c - -x none -Wl,--no-as-needed /usr/lib/x86_64-linux-gnu/libtcl8.6.so <<-'END'
		#include <dlfcn.h>
		#include <stdio.h>
		int main(void)
		{
			const char *names[] = { "Foo_Init", "initgroups", "PyInit_foo" };
			void *handle = dlopen("./libgame.so", RTLD_NOW);
			for (int i = 0; i < 3; i++) {
				void *(*init)(void) = dlsym(handle, names[i]);
				printf("%s %d\n", names[i], init() == (void *)init);
			}
			puts(dlsym(RTLD_DEFAULT, "initgroups") ? "found" : "not found");
			return 0;
		}
	END
	both_ways ./game
	[ "$(grep -c ' 1$' recorded.out)" = 3 ]
	check "
assert [p['runtime']['name'] for p in r['processes']] == ['tcl'], r['processes']
game = [(x['name'], x['runtime'], x['symbol'], x['init_ns']) for x in r['modules']]
assert game == [('game', '', 'Foo_Init', 0)], game"
	# each in the CPython whose rule it follows; 2.7 has init*
	for python in $(find_pythons | grep -E '^/usr/bin/|/python2.7$'); do
		both_ways "$python" -c '
import ctypes
game = ctypes.CDLL("./libgame.so")
game.Foo_Init(), game.initgroups(), game.PyInit_foo(), ctypes.CDLL(None).initgroups'
		check "assert not [x for x in r['modules'] if x['name'] in ('game', 'foo', 'groups', 'Foo')], r['modules']"
	done
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
