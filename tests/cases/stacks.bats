# SPDX-License-Identifier: MIT
# Stacks as people read them: native and interpreter frames in one order, by name.

load ../lib/common
load ../lib/pythons

# record CMD...: the report is in report.json
record() {
	"$DLSCOPE" record --strict -o T -- "$@" >/dev/null
	"$DLSCOPE" report T --json >report.json
}

# check PYTHON: with the report as r; load(NAME) is the load of that base name,
# names(LOAD) its stack as "FUNCTION", innermost first
check() {
	"$PYTHON" -c "
import json, os
r = json.load(open('report.json'))
def load(name): return [l for l in r['loads'] if os.path.basename(l['requested'] or '').startswith(name)][-1]
def names(load): return [f['function'] for f in load['stack']]
$1" || { cat report.json; return 1; }
}

# A plug-in: its entry does nothing.
build_plugin() {
	echo 'int plugin_entry(void) { return 1; }' >plugin.c
	gcc -shared -fPIC -o plugin.so plugin.c
}

@test "numpy.linalg._umath_linalg: the C function, numpy's import lines, the user's" {
	printf 'def main():\n    import numpy\nmain()\n' >app.py
	record "$PYTHON" app.py
	check "
frames = load('_umath_linalg')['stack']
kinds = [f['kind'] for f in frames]
first = kinds.index('python')
assert first >= 3 and set(kinds[:first]) == {'native'} and set(kinds[first:]) == {'python'}, kinds
assert all(f['object'].startswith('/usr/bin/python3') for f in frames[:first]), frames
lines = [(f['file'], f['function']) for f in frames[first:]]
ends = [file.split('dist-packages/')[-1] for file, _ in lines]
assert ends[0] in ('numpy/linalg/linalg.py', 'numpy/linalg/_linalg.py') and ends[1] == 'numpy/linalg/__init__.py', ends # numpy 1, 2
assert ends[-3] == 'numpy/__init__.py', ends
assert [(os.path.basename(f['file']), f['function'], f['line']) for f in frames[-2:]] == [('app.py', 'main', 2), ('app.py', '<module>', 3)], frames
assert not [f for f in frames if 'importlib' in (f['file'] or '')], frames
q = load('_umath_linalg')['requester']
assert q['file'].endswith(ends[0]) and q['line'] > 0 and q['function'] == '<module>', q"
	local id
	id=$(readelf -n "$(readlink -f "$PYTHON")" | awk '/Build ID/ { print $3 }')
	[ -e "/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" ] ||
		skip "no debug file of this python3 (make test ALL=1 installs it)"
	check "
python = [f for f in load('_umath_linalg')['stack'] if f['kind'] == 'native']
middle = ['_PyImport_LoadDynamicModuleWithSpec', '_PyImport_GetModInitFunc'] # up to 3.12; 3.13
path = [n for n in names(load('_umath_linalg')) if n in ['_PyImport_FindSharedFuncptr', *middle, '_imp_create_dynamic']]
assert path[0] == '_PyImport_FindSharedFuncptr' and path[1] in middle and path[2:] == ['_imp_create_dynamic'], python
assert python[0]['function'] == '_PyImport_FindSharedFuncptr' and python[0]['file'].endswith('Python/dynload_shlib.c') and python[0]['line'] > 0, python"
}

@test "interpreter, native, interpreter, native: each in its place" {
	build_plugin
	cat >app.py <<-'END'
		import ctypes
		def inner(x):
		    ctypes.PyDLL('./plugin.so')
		    return 0
		def key(x):
		    return inner(x)
		@ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object)
		def callback(x):
		    sorted([1], key=key)
		    return 0
		def outer():
		    callback(1)
		outer()
	END
	record "$PYTHON" app.py
	check "
frames = load('plugin.so')['stack']
python = [f['function'] for f in frames if f['kind'] == 'python' and f['file'].endswith('app.py')]
assert python == ['inner', 'key', 'callback', 'outer', '<module>'], python
between = frames[[f['function'] for f in frames].index('callback'):[f['function'] for f in frames].index('outer')]
assert any('libffi' in (f['object'] or '') for f in between) and any('_ctypes' in (f['object'] or '') for f in between), frames
assert load('plugin.so')['requester']['function'] == 'inner' and load('plugin.so')['requester']['line'] == 3, load('plugin.so')['requester']"
	"$DLSCOPE" report T --json --full >report.json
	check "
n = names(load('plugin.so'))
for one, other in (('key', 'callback'), ('callback', 'outer')):
	between = n[n.index(one):n.index(other)]
	assert len([x for x in between if (x or '').startswith('_PyEval_EvalFrameDefault')]) == 1, n"
	"$DLSCOPE" report T --json --native-only >report.json
	check "assert {f['kind'] for f in load('plugin.so')['stack']} == {'native'}"
	"$DLSCOPE" report T --json --interp-only >report.json
	check "assert {f['kind'] for f in load('plugin.so')['stack']} == {'python'}"
	dlscope report T --full --interp-only
	assert_status 2
	assert_one_complaint
}

@test "the same order in every CPython there is" {
	local python
	build_plugin
	cat >app.py <<-'END'
		import ctypes
		def inner(x):
		    ctypes.PyDLL('./plugin.so')
		    return 0
		def key(x):
		    return inner(x)
		@ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object)
		def callback(x):
		    sorted([1], key=key)
		    return 0
		def outer():
		    callback(1)
		outer()
	END
	while read -r python; do
		"$python" -c 'import ctypes' 2>/dev/null || continue
		"$DLSCOPE" record --strict --stack 128 -o T -- "$python" app.py >/dev/null
		"$DLSCOPE" report T --json >report.json
		check "
frames = load('plugin.so')['stack']
python = [i for i, f in enumerate(frames) if f['kind'] == 'python' and os.path.basename(f['file']) == 'app.py']
assert [frames[i]['function'] for i in python] == ['inner', 'key', 'callback', 'outer', '<module>'], frames
gaps = [{f['kind'] for f in frames[i + 1:k]} for i, k in zip(python, python[1:])]
assert gaps == [set(), set(), {'native'}, set()], frames
assert {f['kind'] for f in frames[:python[0]]} == {'native', 'python'}, frames # CDLL.__init__" || fail "$python"
	done < <(find_pythons)
}

@test "an evaluation loop without a name: the interpreter's frames stand where it is" {
	printf 'def main():\n    import _bz2\nmain()\n' >app.py
	# an interpreter of which there is neither file nor debug file at the time of the report
	"$PYTHON" - "$(readelf -n "$(readlink -f "$PYTHON")" | awk '/Build ID/ { print $3 }')" <<-'END'
		import sys
		old, program = bytes.fromhex(sys.argv[1]), open(sys.executable, "rb").read()
		assert program.count(old) == 1
		open("python", "wb").write(program.replace(old, old[::-1]))
	END
	chmod +x python
	PYTHONHOME=/usr "$DLSCOPE" record --strict --stack 128 -o T -- ./python app.py
	rm python
	"$DLSCOPE" report T --json >report.json
	check "
frames = load('_bz2')['stack']
assert not [f for f in frames if 'python' in (f['object'] or '') and f['function']], frames
kinds = [(f['kind'], os.path.basename(f['object'] or '')[:6]) for f in frames]
first = kinds.index(('python', ''))
assert first >= 3 and set(kinds[:first]) == {('native', 'python')}, kinds
assert [f['function'] for f in frames[first:first + 2]] == ['main', '<module>'], frames
assert set(kinds[first + 2:]) == {('native', 'libc.s')}, kinds"
}

@test "native code that Python calls, and that loads, is the requester" {
	build_plugin
	cat >extension.c <<-'END'
		#include <dlfcn.h>
		#include <stdlib.h>
		int load_plugin(void) { return dlopen("./plugin.so", RTLD_NOW) ? 0 : 1; }
	END
	gcc -g -shared -fPIC -o extension.so extension.c
	echo "import ctypes; ctypes.PyDLL('./extension.so').load_plugin()" >app.py
	record "$PYTHON" app.py
	check "
q = load('plugin.so')['requester']
assert q['object'].endswith('/extension.so') and q['function'] == 'load_plugin' and q['file'].endswith('extension.c') and q['line'] == 3, q
assert [f for f in load('plugin.so')['stack'] if f['kind'] == 'python'][-1]['function'] == '<module>'"
}

@test "who asked stands in the table without lines of source, too" {
	echo 'int pam_sm_open_session(void) { return 0; }' >module.c
	gcc -shared -fPIC -o pam_it.so module.c
	# what has this function is taken for PAM
	cat >host.c <<-'END'
		#include <dlfcn.h>
		int pam_start(void) { return 0; }
		static __attribute__((noinline)) int load(const char *path)
		{
			int (*entry)(void) = (int (*)(void))dlsym(dlopen(path, RTLD_NOW), "pam_sm_open_session");
			return entry ? entry() : 2;
		}
		int go(void) { return load("./pam_it.so") + pam_start(); }
	END
	echo 'int go(void); int main(void) { return go(); }' >main.c
	local debug asked
	for debug in -g0 -g; do
		gcc $debug -shared -fPIC -o libhost.so host.c
		gcc -o host main.c "$PWD/libhost.so"
		"$DLSCOPE" record --strict -o T -- ./host
		dlscope report T --output-columns MODULE,REQUESTED_AT --noheadings
		asked="load in $PWD/libhost.so"
		[ $debug = -g0 ] || asked='host.c:5'
		assert_output_has "$asked"
	done
}

@test "a C++ host: demangled, with lines" {
	build_plugin
	cat >host.cc <<-'END'
		#include <dlfcn.h>
		#include <string>
		namespace host { class Registry { public:
		template <class T> __attribute__((noinline)) int add(const std::string &name, T extra)
		{ return dlopen(name.c_str(), RTLD_NOW) ? (int)extra : 9; } }; }
		int main() { host::Registry registry; return registry.add("./plugin.so", 0L); }
	END
	g++ -g -O1 -o host host.cc
	record ./host
	check "
n = names(load('plugin.so'))
assert n[0].startswith('int host::Registry::add<long>(std::__cxx11::basic_string<char') and 'main' in n, n
assert load('plugin.so')['stack'][0]['line'] == 5 and load('plugin.so')['requester']['file'].endswith('host.cc'), load('plugin.so')"
}

@test "a Rust host: demangled, with lines" {
	need_command rustc
	build_plugin
	cat >host.rs <<-'END'
		mod plugins { extern "C" { fn dlopen(name: *const i8, mode: i32) -> *const u8; }
		pub struct Host; impl Host { #[inline(never)] pub fn load(&self, name: &[u8]) -> bool {
		unsafe { !dlopen(name.as_ptr() as *const i8, 2).is_null() } } } }
		fn main() { std::process::exit(if plugins::Host.load(b"./plugin.so\0") { 0 } else { 1 }) }
	END
	rustc -g -o host host.rs
	record ./host
	check "
n = [x for x in names(load('plugin.so')) if x]
assert n[0] in ('host::plugins::Host::load', '<host::plugins::Host>::load') and 'host::main' in n, n
assert load('plugin.so')['stack'][0]['line'] == 3, load('plugin.so')['stack'][0]"
}

@test "an address that another object had before" {
	cat >reuse.c <<-'END'
		#include <dlfcn.h>
		#include <link.h>
		#include <stdio.h>
		static void *load(const char *path, ElfW(Addr) *base)
		{
			void *handle = dlopen(path, RTLD_NOW);
			*base = ((struct link_map *)handle)->l_addr;
			((void (*)(void))dlsym(handle, "go"))();
			return handle;
		}
		int main(void)
		{
			ElfW(Addr) one, two, three;
			dlclose(load("./first.so", &one));
			dlclose(load("./second.so", &two));
			load("./first.so", &three);
			printf("%d\n", one == two && two == three);
			return 0;
		}
	END
	cat >plugin.c <<-'END'
		#include <dlfcn.h>
		static __attribute__((noinline)) void *NAME(void) { return dlopen("./absent.so", RTLD_NOW); }
		void go(void) { if (NAME()) NAME(); }
	END
	gcc -o host reuse.c
	gcc -g -DNAME=in_the_first -shared -fPIC -o first.so plugin.c
	gcc -g -DNAME=in_the_second -shared -fPIC -o second.so plugin.c
	"$DLSCOPE" record --strict -o T -- ./host >same
	[ "$(cat same)" = 1 ] || skip "the loader did not use the address again"
	"$DLSCOPE" report T --json >report.json
	check "
absent = [l for l in r['loads'] if l['requested'] == './absent.so']
seen = [[x for x in names(l) if x in ('in_the_first', 'in_the_second', 'go', 'main')] for l in absent]
assert seen == [[x, 'go', 'main'] for x in ('in_the_first', 'in_the_second', 'in_the_first')], seen
assert len({l['stack'][0]['offset'] for l in absent}) <= 2"
}

@test "other code where code was that many stacks have passed through" {
	cat >host.c <<-'END'
		#include <dlfcn.h>
		#include <link.h>
		#include <stdio.h>
		static ElfW(Addr) go(const char *path, int times)
		{
			void *handle = dlopen(path, RTLD_NOW);
			ElfW(Addr) base = ((struct link_map *)handle)->l_addr;
			void (*go)(void) = (void (*)(void))dlsym(handle, "go");
			for (int i = 0; i < times; i++)
				go();
			dlclose(handle);
			return base;
		}
		/* the unwinders take turns: with how many stacks there have been, and when
		 * what they know is wrong */
		int main(void)
		{
			ElfW(Addr) one = go("./first.so", 80), two = go("./second.so", 3), three = go("./first.so", 3);
			printf("%d\n", one == two && two == three);
			return 0;
		}
	END
	# of the same length, with another frame: unwinding one by what is known of the other
	# leads nowhere
	cat >plugin.c <<-'END'
		#include <dlfcn.h>
		__attribute__((noinline)) static int ask(void)
		{
			volatile char room[ROOM];
			room[1] = !dlopen("./absent.so", RTLD_NOW);
			return room[1];
		}
		__attribute__((noinline)) int middle(void) { volatile char room[ROOM]; room[2] = ask() + 1; return room[2]; }
		int go(void) { return middle() + 1; }
	END
	gcc -g -O1 -o host host.c
	gcc -g -O1 -fomit-frame-pointer -DROOM=400 -shared -fPIC -o first.so plugin.c
	gcc -g -O1 -fomit-frame-pointer -DROOM=4000 -shared -fPIC -o second.so plugin.c
	"$DLSCOPE" record --strict -o T -- ./host >same
	[ "$(cat same)" = 1 ] || skip "the loader did not use the address again"
	"$DLSCOPE" report T --json >report.json
	check "
stacks = [names(l)[:5] for l in r['loads'] if l['requested'] == './absent.so']
assert len(stacks) == 86 and all(s == ['ask', 'middle', 'go', 'go', 'main'] for s in stacks), stacks"
}

@test "a limited depth says that it cut" {
	build_plugin
	cat >deep.c <<-'END'
		#include <dlfcn.h>
		__attribute__((noinline)) int down(int n) { return n ? down(n - 1) + 1 : !dlopen("./plugin.so", RTLD_NOW); }
		int main(void) { return down(20) != 20; }
	END
	gcc -g -O0 -o deep deep.c
	"$DLSCOPE" record --strict -o T --stack 5 -- ./deep
	"$DLSCOPE" report T --json >report.json
	check "assert len(load('plugin.so')['stack']) == 5 and load('plugin.so')['stack_cut'] is True, load('plugin.so')"
	"$DLSCOPE" record --strict -o T --stack 64 -- ./deep
	"$DLSCOPE" report T --json >report.json
	check "assert names(load('plugin.so'))[:23] == ['down'] * 21 + ['main'] + names(load('plugin.so'))[22:23] and load('plugin.so')['stack_cut'] is False, load('plugin.so')"
}

# A program whose stack goes through asking.so; its debug information is in asking.debug.
record_asking() {
	build_plugin
	cat >asking.c <<-'END'
		#include <dlfcn.h>
		static __attribute__((noinline)) int ask(void) { return !dlopen("./plugin.so", RTLD_NOW); }
		int go(void) { return ask() + 1; }
	END
	printf 'int go(void);\nint main(void) { return go() - 1; }\n' >host.c
	gcc -g -O1 -shared -fPIC -o asking.so asking.c
	gcc -o host host.c "$PWD/asking.so"
	objcopy --only-keep-debug asking.so asking.debug
	strip asking.so
	"$DLSCOPE" record --strict -o T -- ./host
}

@test "--debuginfod: names and lines from a server" {
	local id port
	record_asking
	ldconfig -p | grep -q libdebuginfod.so.1 || skip "libdebuginfod is not installed (make test ALL=1 installs it)"
	id=$(readelf -n asking.so | awk '/Build ID/ { print $3 }')
	mkdir -p "server/buildid/$id"
	mv asking.debug "server/buildid/$id/debuginfo"
	"$PYTHON" -u -m http.server --bind 127.0.0.1 --directory server 0 >said 2>asked 3>&- &
	SERVER=$!
	until grep -q 'port [0-9]' said; do kill -0 $SERVER; sleep 0.05; done
	port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' said)
	export DEBUGINFOD_URLS=http://127.0.0.1:$port DEBUGINFOD_CACHE_PATH=$PWD/cache
	"$DLSCOPE" report T --json >report.json
	check "assert names(load('plugin.so'))[0] is None, load('plugin.so')"
	[ ! -s asked ]
	"$DLSCOPE" report T --json --debuginfod >report.json
	check "
f = load('plugin.so')['stack'][0]
assert f['function'] == 'ask' and f['file'].endswith('/asking.c') and f['line'] == 2, f"
	grep -q "$id/debuginfo" asked
	# the server is gone, its answer is kept; that there is none is no trouble either
	kill $SERVER
	wait $SERVER || true
	"$DLSCOPE" report T --json --debuginfod >report.json
	check "assert names(load('plugin.so'))[0] == 'ask'"
	rm -r cache
	"$DLSCOPE" report T --json --debuginfod >report.json
	check "assert names(load('plugin.so'))[0] is None"
}

teardown() {
	[ -z "${SERVER-}" ] || kill "$SERVER" 2>/dev/null || true
}

@test "a library that was replaced since: not named, and that is said" {
	record_asking
	cp asking.so before.so
	sed -i s/ask/other/g asking.c
	gcc -g -O1 -shared -fPIC -o asking.so asking.c
	dlscope report T --json
	assert_status 0
	assert_one_complaint
	assert_stderr_has "functions of $PWD/asking.so are not named: it is another file now (build-id"
	printf '%s\n' "$output" >report.json
	check "
f = load('plugin.so')['stack'][0]
assert f['function'] is None and f['line'] is None and f['object'] == '$PWD/asking.so' and f['offset'] > 0, f"
	# what was there then is still to be had
	mkdir -p "root$PWD"
	cp before.so "root$PWD/asking.so"
	cp asking.debug "root$PWD/"
	(cd "root$PWD" && objcopy --add-gnu-debuglink=asking.debug asking.so)
	"$DLSCOPE" report T --json --sysroot "$PWD/root" >report.json
	check "assert names(load('plugin.so'))[0] == 'ask' and load('plugin.so')['stack'][0]['line'] == 2, load('plugin.so')"
}

@test "--format folded: program, the functions that asked, module" {
	local include pid
	record_asking
	"$DLSCOPE" report T --format folded >folded
	pid=$(json <("$DLSCOPE" report T --json) 'd["processes"][0]["pid"]')
	grep -Eq "^host \($pid\);[^;]*;main \($PWD/host\+0x[0-9a-f]+\);go \($PWD/asking.so\+0x[0-9a-f]+\);$PWD/asking.so\+0x[0-9a-f]+;plugin.so [0-9]+\$" folded ||
		fail "$(cat folded)"
	# what an init function loads stands behind its module, with the line that asked
	include=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')
	[ -e "$include/Python.h" ] || skip "Python.h is not installed (make test ALL=1 installs it)"
	cat >outer.c <<-'END'
		#include <Python.h>
		static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, "outer", NULL, -1, NULL, NULL, NULL, NULL, NULL };
		PyMODINIT_FUNC PyInit_outer(void)
		{
			PyObject *inner = PyImport_ImportModule("asks");
			Py_XDECREF(inner);
			return PyModule_Create(&def);
		}
	END
	gcc -g -shared -fPIC -I"$include" -o outer.so outer.c
	echo 'import ctypes; ctypes.CDLL("./plugin.so")' >asks.py
	printf 'def main():\n    import outer\nmain()\n' >app.py
	"$DLSCOPE" record --strict -o T -- "$PYTHON" app.py
	"$DLSCOPE" report T --format folded >folded
	grep -Eq ';<module> \([^;]*app.py:3\);main \([^;]*app.py:2\);outer [0-9]+$' folded || fail "$(cat folded)"
	grep -Eq ';main \([^;]*app.py:2\);outer;PyInit_outer \([^;]*outer.c:5\);<module> \([^;]*asks.py:1\);([^ ]* \([^;]*ctypes/__init__.py:[0-9]+\);)+plugin.so [0-9]+$' folded ||
		fail "$(cat folded)"
}

@test "abort() in an init function: its file and line" {
	local include
	include=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')
	printf '#include <stdlib.h>\n\nvoid *PyInit_spam(void)\n{\n\tabort();\n}\n' >spam.c
	gcc -g -shared -fPIC -o spam.so spam.c
	run --separate-stderr -- "$DLSCOPE" record -o T -- "$PYTHON" -c 'import spam'
	[ "$status" -eq 134 ]
	dlscope report T
	assert_output_has "inside PyInit_spam"
	assert_output_has "PyInit_spam is at $PWD/spam.c:4"
	"$DLSCOPE" report T --json >report.json
	check "
[f] = [f for f in r['failures'] if f['kind'] == 'crash-in-init']
assert f['init_at'] == {'file': '$PWD/spam.c', 'line': 4, 'function': 'PyInit_spam'}, f"
}

@test "report --show: one module, one load in full" {
	printf 'def main():\n    import _json\n    import numpy\nmain()\n' >app.py
	record "$PYTHON" app.py
	dlscope report T --show numpy.linalg._umath_linalg
	assert_status 0
	assert_output_has "numpy.linalg._umath_linalg"
	assert_output_has "/_umath_linalg.cpython-"
	assert_output_has "build-id"
	assert_output_has "minor faults"
	[[ $output =~ "numpy/linalg/"_?"linalg.py:"[0-9]+.*"main"[^$'\n']*"app.py:3".*"<module>"[^$'\n']*"app.py:4" ]] || fail "$output"
	local whole=$output id
	id=$("$PYTHON" -c 'import json; print([m["id"] for m in json.load(open("report.json"))["modules"] if m["name"] == "numpy.linalg._umath_linalg"][0])')
	dlscope report T --show "$id"
	[ "$output" = "$whole" ]
	id=$("$PYTHON" -c 'import json; print([l["id"] for l in json.load(open("report.json"))["loads"] if "_umath_linalg" in (l["requested"] or "")][0])')
	dlscope report T --show "load:$id"
	assert_status 0
	assert_output_has "objects brought in"
	assert_output_has "/_umath_linalg.cpython-"
	dlscope report T --show numpy.linalg._umath_linalg --full
	[[ $output =~ "ExtensionFileLoader.create_module  <frozen importlib._bootstrap_external>"$'\n' ]] || fail "$output"
	[[ $output =~ "_find_and_load  <frozen importlib._bootstrap>"$'\n' ]] || fail "$output"
	dlscope report T --show nothing.like.it
	assert_status 2
	assert_output_empty
	assert_one_complaint
	assert_stderr_has "nothing.like.it"
}

@test "events --stacks: each load's stack beside it" {
	build_plugin
	printf 'import ctypes\ndef ask():\n    ctypes.PyDLL("./plugin.so")\nask()\n' >app.py
	record "$PYTHON" app.py
	"$DLSCOPE" events T >without
	"$DLSCOPE" events T --stacks >with
	"$PYTHON" - <<-'END'
		import json
		without, with_ = ([json.loads(line) for line in open(name)] for name in ("without", "with"))
		frames = [e.pop("frames") for e in with_ if e["event"] == "load_begin" and e["requested"] == "./plugin.so"]
		for event in with_:
		    if event["event"] == "load_begin": event.pop("frames", None)
		assert without == with_
		asked = [f for f in frames[-1] if f["function"] == "ask"]
		assert asked and asked[0]["kind"] == "python" and asked[0]["line"] == 3, frames
	END
}

@test "through code without unwind tables, such as a JIT compiler's" {
	build_plugin
	cat >bare.c <<-'END'
		#include <dlfcn.h>
		__attribute__((noinline)) static int ask(void) { return !dlopen("./plugin.so", RTLD_NOW); }
		int go(void) { return ask() + 1; }
	END
	cat >host.c <<-'END'
		int go(void);
		__attribute__((noinline)) static int use(void) { return go() + 1; }
		int main(void) { return use() - 2; }
	END
	gcc -O1 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-unwind-tables -shared -fPIC -o bare.so bare.c
	gcc -g -O1 -o host host.c "$PWD/bare.so"
	record ./host
	check "assert names(load('plugin.so'))[:4] == ['ask', 'go', 'use', 'main'], names(load('plugin.so'))"
}

@test "an unwind table that names a register which nobody keeps, such as Wine's" {
	build_plugin
	cat >host.c <<-'END'
		#include <dlfcn.h>
		/* the frame is at *(rcx + 136), the return address at rcx + 112 */
		asm(".type through, @function\nthrough:\n.cfi_startproc\nsub $8, %rsp\n"
		    ".cfi_escape 0x0f, 4, 0x72, 0x88, 1, 6\n.cfi_escape 0x10, 16, 3, 0x72, 0xf0, 0\n"
		    "call *%rdi\nadd $8, %rsp\nret\n.cfi_endproc\n.size through, .-through");
		int through(int (*)(void));
		static int ask(void) { return !dlopen("./plugin.so", RTLD_NOW); }
		int main(void)
		{
			for (int i = 0; i < 9; i++)
				if (through(ask))
					return 1;
			return 0;
		}
	END
	gcc -g -o host host.c
	record ./host
	check "
stacks = [names(l) for l in r['loads'] if l['requested'] == './plugin.so']
assert stacks == [['ask', 'through']] * 9, stacks"
}

@test "a program that another one has mapped, such as the loader" {
	build_plugin
	printf '#include <dlfcn.h>\nint main(void) { return !dlopen("./plugin.so", RTLD_NOW); }\n' >host.c
	gcc -g -o host host.c
	record "$(readelf -p .interp host | awk '$NF ~ "/ld" { print $NF }')" ./host 2>said
	[ ! -s said ]
	check "
assert [p['exe'] for p in r['processes']] == [os.path.realpath('host')], r['processes']
assert names(load('plugin.so'))[0] == 'main' and load('plugin.so')['stack'][0]['line'] == 2, load('plugin.so')"
}

@test "stacks that a program switches by hand" {
	"$PYTHON" -c 'import greenlet' 2>/dev/null || skip "python3-greenlet is not installed (make test ALL=1 installs it)"
	build_plugin
	# greenlets move parts of the C stack: beyond its own frames each may find anything
	cat >app.py <<-'END'
		import ctypes, greenlet
		main, others = greenlet.getcurrent(), []
		def load():
		    ctypes.CDLL("./plugin.so")
		def deep(n, call):
		    if n:
		        sorted([1], key=lambda _: deep(n - 1, call))
		    else:
		        call()
		def body(i):
		    for k in range(20):
		        deep((i * 7 + k * 3) % 23, load)
		        deep((i * 5 + k) % 17, main.switch)
		for i in range(8):
		    deep(i % 5, lambda: others.append(greenlet.greenlet(lambda i=i: body(i))))
		for r in range(20):
		    for i, other in enumerate(others):
		        deep((r * 11 + i * 13) % 29, other.switch)
		print("done")
	END
	[ "$("$DLSCOPE" record --strict --stack 128 -o T -- "$PYTHON" app.py)" = done ]
	"$DLSCOPE" report T --json >report.json
	check "
stacks = [l['stack'] for l in r['loads'] if l['requested'] == './plugin.so']
assert len(stacks) == 160, len(stacks)
for s in stacks:
	assert s[0]['object'].split('/')[-1].startswith('_ctypes.'), s
	assert 'load' in [f['function'] for f in s] and 'body' in [f['function'] for f in s], s"
}

@test "without libunwind the unwinder of libgcc serves" {
	local library
	library=$(readlink -f "$(ldconfig -p | awk '/libunwind.so.8 .*x86-64/ { print $NF; exit }')")
	unshare -m true 2>/dev/null || skip "only root can take a library away for one program"
	build_plugin
	cat >host.c <<-'END'
		#include <dlfcn.h>
		__attribute__((noinline)) int deep(int n) { return n ? deep(n - 1) + 1 : !dlopen("./plugin.so", RTLD_NOW); }
		int main(void) { return deep(7) != 7; }
	END
	gcc -g -O0 -o host host.c
	unshare -m sh -c 'mount --bind /dev/null "$1" && shift && exec "$@"' sh "$library" \
		"$DLSCOPE" record --strict -o T -- ./host
	"$DLSCOPE" report T --json >report.json
	check "
assert names(load('plugin.so'))[:9] == ['deep'] * 8 + ['main'], names(load('plugin.so'))
assert not [o for o in r['objects'] if 'libunwind' in o['path']]"
	# and it forgets what has been unloaded, constructors and all
	unshare -m sh -c 'mount --bind /dev/null "$1" && shift && exec "$@"' sh "$library" \
		"$DLSCOPE" record --strict -o T -- "$PROGRAMS/behaviour" nested >/dev/null
	"$DLSCOPE" report T --json >report.json
	check "
n = names(load('libleaf.so'))
assert 'behaviour_main' in n and 'main' in n, n
assert not [f for f in load('libleaf.so')['stack'] if 'libdlscope' in (f['object'] or '')]"
}
