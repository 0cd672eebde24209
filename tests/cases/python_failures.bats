# SPDX-License-Identifier: MIT
# Extension modules that go wrong: what CPython says of each, and the report.

load ../lib/common
load ../lib/pythons
load ../lib/extensions

# Imports each of its arguments, printing the error that each ends with.
cat_importer() {
	cat <<-'END'
		import sys
		class OwnError(Exception):
		    def __str__(self): sys.stdout.write("noticed\n"); return "own"
		    def __getattribute__(self, name): sys.stdout.write("noticed\n"); return Exception.__getattribute__(self, name)
		sys.own_exception = OwnError
		sys.path.insert(0, ".")
		for name in sys.argv[1:]:
		    try:
		        __import__(name)
		        print("imported")
		    except Exception as error:
		        print("%s: %s" % (type(error).__name__, error if type(error) is not OwnError else "own"))
	END
}

# record_imports PYTHON NAME...: imports them without and with dlscope: no difference
record_imports() {
	local python=$1 name
	shift
	cat_importer >importer.py
	build_extension "$python" failing.c failing.so
	for name; do ln -sf failing.so "$name.so"; done
	"$python" importer.py "$@" >plain
	"$DLSCOPE" record --strict -o T -- "$python" importer.py "$@" >recorded
	diff plain recorded
	"$DLSCOPE" report T --format json >report.json
}

# told KIND MESSAGE: the report has such a failure
told() {
	"$PYTHON" - "$@" <<-'END' || { cat report.json; return 1; }
		import json, sys
		kind, message = sys.argv[1:]
		found = [(f["kind"], f["headline"]) for f in json.load(open("report.json"))["failures"]]
		sys.exit(0 if (kind, message) in found else "%r is not in %r" % ((kind, message), found))
	END
}

# Up to 3.9 only the first of the modules of one file is loaded; the others are looked up.
asked_by_importer() {
	assert_json report.json 'all(f["requested_at"]["file"].endswith("importer.py") and f["requested_at"]["line"] == 9 for f in d["failures"] if f["severity"] != "probe")'
}

init_failures_of() {
	if is_python_2 "$1"; then
		record_imports "$1" spam where raises
		told init-bad-result 'dynamic module not initialized properly (initwhere)'
		told init-error 'initialization of raises raised ImportError: no luck'
		asked_by_importer
		return
	fi
	record_imports "$1" spam where raises stray text café
	told init-null 'initialization of where failed without raising an exception'
	told init-error 'initialization of raises raised FileNotFoundError: 2, No such file or directory'
	told init-bad-result 'initialization of stray raised unreported exception (TypeError: left behind)'
	told init-bad-result 'initialization of text did not return an extension module'
	told init-bad-result 'initialization of café did not return PyModuleDef'
	assert_json report.json '[m["outcome"] for m in d["modules"] if m["name"] == "spam"] == ["ok"]'
	assert_json report.json '[m["outcome"] for m in d["modules"] if m["name"] in ("where", "stray", "text")] == ["failed"] * 3'
	asked_by_importer
}

@test "init functions that fail are told in CPython's words" {
	for_each_python init_failures_of
}

slot_failures_of() {
	is_python_2 "$1" && return
	record_imports "$1" exec_raises exec_silent exec_stray exec_own create_fails create_silent raw
	told exec-error 'exec_raises: the exec function in m_slots[0] raised ImportError: numpy.core.multiarray failed to import'
	told exec-error 'execution of module exec_silent failed without setting an exception'
	told exec-error 'execution of module exec_stray raised unreported exception (ValueError: stray 7)'
	told exec-error 'exec_own: the exec function in m_slots[0] raised OwnError: first, -3, last, <type>'
	told init-error 'create_fails: the create function in m_slots[0] raised RuntimeError: no device'
	told init-error 'creation of module create_silent failed without setting an exception'
	told init-bad-result 'init function of raw returned uninitialized object'
}

@test "create and exec functions that fail, with the exception's type and text" {
	for_each_python slot_failures_of
}

missing_init_of() {
	local prefix=PyInit_ words='dynamic module does not define module export function'
	is_python_2 "$1" && prefix=init words='dynamic module does not define init function'
	record_imports "$1" notspam
	"$PYTHON" - "$prefix" "$words" <<-'END'
		import json, sys
		prefix, words = sys.argv[1:]
		r = json.load(open("report.json"))
		[f] = [f for f in r["failures"] if f["missing"] == prefix + "notspam"]
		assert f["headline"].startswith("%s (%snotspam); notspam.so defines %sspam" % (words, prefix, prefix)), f
		assert f["hint"] == "import it as spam, or name the function %snotspam" % prefix, f
		[m] = [m for m in r["modules"] if m["name"] == "notspam"]
		assert m["outcome"] == "failed" and m["failure"] == f["id"], m
	END
}

@test "spam.so renamed to notspam.so: the init function that the file has" {
	for_each_python missing_init_of
}

@test "a file replaced since is not believed" {
	record_imports "$PYTHON" notspam
	build_extension "$PYTHON" failing.c failing.so -O0 -DOTHER
	dlscope report T --format json
	[[ $output == *'undefined symbol: PyInit_notspam'* && $output != *PyInit_spam* ]] || fail "$output"
}

@test "a library that is no module" {
	echo 'int nothing;' | cc -shared -fPIC -x c -o plain.so -
	run -1 "$DLSCOPE" record --strict -o T -- "$PYTHON" -c 'import sys; sys.path.insert(0, ".")
import plain'
	dlscope report T
	assert_output_has 'PyInit_plain'
	assert_output_has 'plain.so defines none'
}

aborts_of() {
	build_extension "$1" failing.c failing.so
	ln -sf failing.so spam_aborts.so
	run -134 "$DLSCOPE" record --strict -o T -- "$1" -c 'import sys; sys.path.insert(0, ".")
import spam_aborts'
	"$DLSCOPE" report T --format json >report.json
	"$PYTHON" <<-'END'
		import json
		[f] = [f for f in json.load(open("report.json"))["failures"] if f["severity"] != "probe"]
		assert (f["kind"], f["severity"], f["requested_at"]["line"]) == ("crash-in-init", "fatal", 2), f
		assert "spam_aborts had not returned" in f["message"] and "signal 6 (Aborted)" in f["message"], f
	END
}

@test "abort() in an init function" {
	for_each_python aborts_of
}

@test "a file made for another version of CPython" {
	build_extension "$PYTHON" failing.c spam.cpython-35m-x86_64-linux-gnu.so -Dspam_definition=unused -DPyInit_spam=PyInit_ham
	run -1 "$DLSCOPE" record --strict -o T -- "$PYTHON" -c 'import importlib.util as u
spec = u.spec_from_file_location("spam", "spam.cpython-35m-x86_64-linux-gnu.so")
u.module_from_spec(spec)'
	dlscope report T
	assert_output_has 'the file was built for CPython 3.5, this is 3.'
}

@test "the spec's own code does not run in the tracer" {
	build_extension "$PYTHON" failing.c create_fails.so
	cat >spec.py <<-'END'
		import importlib.machinery as m, sys, _imp
		class Spec(m.ModuleSpec):
		    asked = 0
		    @property
		    def name(self): Spec.asked += 1; return "create_fails"
		    @name.setter
		    def name(self, value): pass
		spec = Spec("create_fails", None, origin="./create_fails.so")
		try: _imp.create_dynamic(spec)
		except RuntimeError as error: print(error, Spec.asked)
	END
	"$PYTHON" spec.py >plain
	"$DLSCOPE" record --strict -o T -- "$PYTHON" spec.py >recorded
	diff plain recorded
	dlscope report T --format json
	assert_output_has 'raised RuntimeError: no device'
}

@test "ctypes: a function that a library lacks, a structure handed to one that it has" {
	printf 'struct vector3 { int x, y, z; };\nint sum(struct vector3 *v) { return v->x + v->y + v->z; }\nint func7(void) { return 7; }\nint func8(void) { return 8; }\n' |
		cc -shared -fPIC -x c -o libfuncs.so -
	cat >vector.py <<-'END'
		from ctypes import *
		class VECTOR3(Structure):
		    _fields_ = [("x", c_int), ("y", c_int), ("z", c_int)]
		funcs = CDLL("./libfuncs.so")
		print(funcs.func7(), funcs.func8(), funcs.sum(byref(VECTOR3(1, 2, 3))))
		try:
		    funcs.does_not_exist()
		except AttributeError as error:
		    print(error)
	END
	"$DLSCOPE" record --strict -o T -- "$PYTHON" vector.py >out
	grep -q '^7 8 6$' out
	dlscope report T
	assert_output_has 'does_not_exist'
	"$DLSCOPE" report T --format json >report.json
	assert_json report.json '[(f["kind"], f["severity"], f["missing"], f["object"].split("/")[-1]) for f in d["failures"]] == [("undefined-symbol", "failure", "does_not_exist", "libfuncs.so")]'
	assert_json report.json '{"func7", "func8", "sum", "does_not_exist"} <= {s["symbol"] for s in d["symbols"]}'
}
