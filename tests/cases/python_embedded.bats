# SPDX-License-Identifier: MIT
# Programs that embed Python and have modules of their own.

load ../lib/common
load ../lib/pythons
load ../lib/extensions

# find_library PYTHON: sets include, library and home; fails without a shared library
find_library() {
	local directory name
	read -r include directory name home < <("$1" -c 'import sys, sysconfig as s
v = s.get_config_var
print("%s %s %s %s" % (s.get_paths()["include"], v("LIBDIR"), v("INSTSONAME") or v("LDLIBRARY"), sys.prefix))')
	library=$directory/$name
	[ -f "$library" ] || library=$directory/$(gcc -print-multiarch)/$name
	[[ $library == *.so* && -f $library && -f $include/Python.h ]]
}

# build_host FLAG...: ./host
build_host() {
	"${CC:-cc}" -O1 -g -I"$include" -o host "$DLSCOPE_SOURCE/tests/extensions/host.c" "$@"
}

# check_host: records ./host, and looks for its modules
check_host() {
	PYTHONHOME=$home ./host 'import sys, appended, extended; print(sorted(n for n in ("appended", "extended") if n in sys.modules))' >plain
	PYTHONHOME=$home "$DLSCOPE" record --strict -o T -- ./host 'import sys, appended, extended; print(sorted(n for n in ("appended", "extended") if n in sys.modules))' >recorded
	diff plain recorded
	"$DLSCOPE" report T --format json >report.json
	assert_json report.json '[(m["name"], m["kind"], m["outcome"], m["requested_at"]["line"]) for m in d["modules"] if m["name"] in ("appended", "extended")] == [("appended", "builtin", "ok", 1), ("extended", "builtin", "ok", 1)]'
	assert_json report.json 'len([m for m in d["modules"] if m["kind"] == "builtin"]) > 5'
}

linked_with() {
	local binding
	find_library "$1" || return 0
	for binding in lazy now; do
		build_host "-Wl,-z,$binding" "$library" "-Wl,-rpath,$(dirname "$library")"
		check_host
	done
}

@test "modules that a program adds before it starts Python" {
	for_each_python linked_with
}

opened_by() {
	find_library "$1" || return 0
	build_host "-DLIBRARY=\"$library\""
	check_host
}

@test "libpython loaded later by dlopen" {
	for_each_python opened_by
}

# What README's limits say: the modules are not in the report, and nothing is taken for one.
finder_of() {
	if ! "$1" -c 'import sys; sys.exit(sys.version_info < (3, 8))'; then return 0; fi
	find_library "$1" || return 0
	"${CC:-cc}" -O1 -g -I"$include" -o finder "$DLSCOPE_SOURCE/tests/extensions/finder.c" \
		"$library" "-Wl,-rpath,$(dirname "$library")"
	PYTHONHOME=$home ./finder >plain
	PYTHONHOME=$home "$DLSCOPE" record --strict -o T -- ./finder >recorded
	diff plain recorded
	[ "$(cat recorded)" = "1 linked.multi single" ]
	"$DLSCOPE" report T --format json >report.json
	assert_json report.json '[(m["kind"], m["outcome"]) for m in d["modules"] if m["name"] == "_finder"] == [("builtin", "ok")]'
	assert_json report.json 'not [m for m in d["modules"] if "linked" in m["name"] or m["name"] in ("multi", "single")]'
	assert_json report.json 'not [f for f in d["failures"] if f["severity"] != "probe"]'
}

@test "a finder of the program's own, which calls init functions through pointers" {
	for_each_python finder_of
}
