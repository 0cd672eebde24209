# SPDX-License-Identifier: MIT
# Libraries that Python code loads by itself: ctypes, cffi.

load ../lib/common
load ../lib/pythons
load ../lib/extensions

# record_script PYTHON: script.py without and with dlscope: no difference
record_script() {
	"$1" script.py >plain
	"$DLSCOPE" record --strict -o T -- "$1" script.py >recorded
	diff plain recorded
	"$DLSCOPE" report T --format json >report.json
}

# Every line that asks for something says so in a comment; the report must say the same.
check_lines() {
	"$PYTHON" - "$1" <<-'END'
		import json, re, sys
		r = json.load(open("report.json"))
		wanted = {}
		for number, line in enumerate(open("script.py"), 1):
		    asked = re.search(r"# (load|look up) (\S+)", line)
		    if asked:
		        wanted[asked[1], asked[2]] = number
		assert len(wanted) >= 4, wanted
		base = lambda path: (path or "NULL").split("/")[-1]
		found = {("load", base(l["requested"])): l["requested_at"] for l in r["loads"] if l["via"] == sys.argv[1]}
		found.update({("look up", s["symbol"]): s["requested_at"] for s in r["symbols"] if s["requested_at"]})
		for key, line in wanted.items():
		    at = found.get(key)
		    assert at and (base(at["file"]), at["line"]) == ("script.py", line), (key, line, at)
	END
}

ctypes_of() {
	cat >script.py <<-'END'
		import ctypes, ctypes.util
		def first(): return ctypes.CDLL("libm.so.6") # load libm.so.6
		libm = first()
		found = ctypes.CDLL(ctypes.util.find_library("z")) # load libz.so.1
		python = ctypes.PyDLL("libdl.so.2") # load libdl.so.2
		print(libm.cos is not None) # look up cos
		print(ctypes.pythonapi.Py_IsInitialized()) # look up Py_IsInitialized
		print(ctypes.c_int.in_dll(ctypes.pythonapi, "Py_VerboseFlag").value) # look up Py_VerboseFlag
		try:
		    libm.no_such_function # look up no_such_function
		except AttributeError as error:
		    print(error)
		try:
		    ctypes.CDLL("libmissing.so") # load libmissing.so
		except OSError as error:
		    print(error)
	END
	record_script "$1"
	check_lines ctypes.CDLL
	assert_json report.json '[(f["kind"], f["requested_at"]["line"]) for f in d["failures"] if f["missing"] == "no_such_function"] == [("undefined-symbol", 10)]'
	assert_json report.json '[(f["kind"], f["severity"], f["requested_at"]["line"]) for f in d["failures"] if f["missing"] == "libmissing.so"] == [("file-not-found", "probe", 14)]'
}

@test "ctypes: CDLL, PyDLL, find_library and attributes, with the line that asked" {
	for_each_python ctypes_of
}

@test "cffi in ABI mode, likewise" {
	"$PYTHON" -c 'import cffi' 2>/dev/null || skip "python3-cffi is not installed (make test ALL=1 installs it)"
	cat >script.py <<-'END'
		import cffi
		ffi = cffi.FFI()
		ffi.cdef("double cos(double); int no_such_function(void); const char *zlibVersion(void);")
		def first():
		    return ffi.dlopen("libm.so.6") # load libm.so.6
		libm, libz = first(), ffi.dlopen("libz.so.1") # load libz.so.1
		print(libm.cos(0.0)) # look up cos
		print(ffi.string(libz.zlibVersion()) > b"") # look up zlibVersion
		try:
		    libm.no_such_function # look up no_such_function
		except AttributeError as error:
		    print(error)
	END
	record_script "$PYTHON"
	check_lines ffi.dlopen
}
