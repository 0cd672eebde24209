# SPDX-License-Identifier: MIT
# Extension modules by the way they are initialised, with every CPython that can be had:
# names, kinds, phases, what a second import does.

load ../lib/common
load ../lib/pythons
load ../lib/extensions

# record_script PYTHON NAME...: script.py, with modules of phases.c of these names,
# without and with dlscope: no difference
record_script() {
	local python=$1 name
	shift
	build_extension "$python" phases.c phases.so
	for name; do
		mkdir -p "$(dirname "$name")"
		ln -sf "$PWD/phases.so" "$name.so"
	done
	"$python" script.py >plain
	"$DLSCOPE" record --strict -o T -- "$python" script.py >recorded
	diff plain recorded
	"$DLSCOPE" report T --format json >report.json
}

# check PYTHON: with the report as r; modules(NAME), loads(PART OF A FILE'S NAME)
check() {
	"$PYTHON" -c "
import json
r = json.load(open('report.json'))
def modules(name): return [m for m in r['modules'] if m['name'] == name]
def loads(part): return [l for l in r['loads'] if part in (l['requested'] or '')]
$1"
}

phases_of() {
	is_python_2 "$1" && return
	cat >script.py <<-'END'
		import sys
		sys.path.insert(0, ".")
		import single, several, made, importlib
		print(several.executed, several.identity(), made.identity(), single.identity())
		importlib.reload(several)
		print(several.executed, several.identity())
		first = several
		del sys.modules["several"]
		import several
		print(several is first, several.executed, several.identity())
	END
	record_script "$1" single several made
	[ "$(cat recorded)" = $'3 True True True\n3 True\nFalse 3 True' ]
	check "
assert [(m['kind'], m['outcome']) for m in modules('single')] == [('single-phase', 'ok')], modules('single')
assert [(m['kind'], m['outcome']) for m in modules('made')] == [('multi-phase', 'ok')], modules('made')
assert modules('made')[0]['create_ns'] > 0 and modules('made')[0]['exec_ns'] > 0, modules('made')
assert [m['kind'] for m in modules('several')] == ['multi-phase'] * 2, modules('several')
assert all(m['init_ns'] > 0 and m['exec_ns'] > 0 and not m['create_ns'] for m in modules('several')), modules('several')
assert not r['failures'] or all(f['severity'] == 'probe' for f in r['failures']), r['failures']"
	"$DLSCOPE" events T >events
	"$PYTHON" -c '
import json
slots = [json.loads(line) for line in open("events") if "\"slot_begin\"" in line]
mine = [(s["slot"], s["index"]) for s in slots if s["module"] == "several"]
execs = [index for slot, index in mine]
assert execs == [0, 1, 2] * 2, slots
[create, execute] = [s["slot"] for s in slots if s["module"] == "made"]
assert create != execute, slots'
}

@test "single-phase and multi-phase: several exec functions, reload, import anew, identity" {
	for_each_python phases_of
}

names_of() {
	local importer='import sys
sys.path.insert(0, ".")
import pkg.sub.deep
print(pkg.sub.deep.__name__)'
	mkdir -p pkg/sub
	touch pkg/__init__.py pkg/sub/__init__.py
	if is_python_2 "$1"; then
		echo "$importer" >script.py
		record_script "$1" pkg/sub/deep
	else
		printf '%s\nfor name in "a-b", "café", "a-café":\n    print(ascii(__import__(name).__name__))\n' "$importer" >script.py
		record_script "$1" pkg/sub/deep a-b café a-café
		check "
for name, symbol in ('a-b', 'PyInit_a_b'), ('café', 'PyInitU_caf_dma'), ('a-café', 'PyInitU_a_caf_fsa'):
	assert [(m['symbol'], m['kind'], m['outcome'], m['exec_ns'] > 0) for m in modules(name)] == [(symbol, 'multi-phase', 'ok', True)], (name, r['modules'])"
		dlscope report T --limit 0
		assert_output_has "a-café"
	fi
	check "
[m] = modules('pkg.sub.deep')
assert m['outcome'] == 'ok' and m['init_ns'] > 0 and not modules('deep'), m"
}

@test "names: in packages, with a hyphen, not ASCII" {
	for_each_python names_of
}

cached_of() {
	cat >script.py <<-'END'
		import sys
		sys.path.insert(0, ".")
		import single, single
		del sys.modules["single"]
		import single
		sys.stdout.write("again\n")
	END
	record_script "$1" single
	check "
assert len([l for l in loads('single') if l['outcome'] == 'loaded']) == 1, loads('single')
assert len({l['requested_at']['line'] for l in loads('single')}) == 1, loads('single') # 3.15 opens it twice
ms = modules('single')
assert ms[0]['open_ns'] > 0 and ms[0]['requested_at']['line'] == 3, ms
# a second call of the init function is shown where it happens, and is no load
assert len(ms) <= 2 and all(not m['open_ns'] and m['init_ns'] > 0 for m in ms[1:]), ms"
	if is_python_2 "$1"; then check "assert len(modules('single')) == 1"; fi # from CPython's copy
}

@test "a single-phase module that is imported again is not loaded again" {
	for_each_python cached_of
}

from_copy_of() {
	is_python_2 "$1" && return
	cat >script.py <<-'END'
		import sys
		sys.path.insert(0, ".")
		name = "global"
		first = __import__(name)
		del sys.modules[name]
		print(__import__(name) is first, __import__(name).identity())
	END
	record_script "$1" global
	check "
[m] = modules('global')
assert m['kind'] == 'single-phase' and m['outcome'] == 'ok', m"
}

@test "a single-phase module that CPython keeps a copy of: one module" {
	for_each_python from_copy_of
}

one_file_of() {
	is_python_2 "$1" || return 0
	printf 'import sys\nsys.path.insert(0, ".")\nimport single, second\n' >script.py
	record_script "$1" single second
	check "
assert len(loads('single')) == 1 and not loads('second'), r['loads']
[one], [two] = modules('single'), modules('second')
assert one['open_ns'] > 0 and two['open_ns'] == 0 and two['init_ns'] > 0 and two['outcome'] == 'ok', (one, two)
assert two['requested_at']['line'] == 3, two"
}

@test "2.7: a second module of one file, without a dlopen" {
	local python found=
	for python in $(find_pythons); do
		is_python_2 "$python" || continue
		one_file_of "$python"
		found=1
	done
	[ "$found" ] || skip "no CPython 2.7 here"
}

builtin_of() {
	cat >script.py <<-'END'
		import sys
		sys.path.insert(0, ".")
		names = [n for n in sys.builtin_module_names if n in ("errno", "gc", "itertools", "_symtable", "time")]
		for name in names:
		    sys.modules.pop(name, None)
		    __import__(name)
		print(" ".join(names))
	END
	"$DLSCOPE" record --strict -o T -- "$1" script.py >recorded
	"$DLSCOPE" report T --format json >report.json
	check "
names = open('recorded').read().split()
mine = [m for m in r['modules'] if m['name'] in names]
assert len(names) > 1 and {m['name'] for m in mine} == set(names) and all(m['kind'] == 'builtin' and not m['object'] and not m['open_ns'] for m in mine), mine
assert any((m['requested_at'] or {}).get('file', '').endswith('script.py') for m in mine), mine"
}

@test "built-in modules: no object, the line that asked" {
	for_each_python builtin_of
}
