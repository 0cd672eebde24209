# SPDX-License-Identifier: MIT
# What babeltrace2's own filter (lttng-utils.debug-info) says of the same addresses.

load ../lib/common
load ../lib/symbols

# compare PYTHON: `ours` is {address: [[FUNCTION, FILE, LINE] ...]}, innermost first, and
# `objects` what debug_info_filter.names() wants; fails where the two disagree, or
# agree on less than `functions` functions and `lines` lines
compare() {
	PYTHONPATH=$DLSCOPE_SOURCE/tests/lib "$PYTHON" -B -c "
import json, os, sys
import debug_info_filter
$1
theirs = dict(zip(ours, debug_info_filter.names(objects, list(ours))))
same_function = same_line = 0
for address, (function, file, line) in theirs.items():
	own = ours[address][-1] if ours[address] else (None, None, 0)
	if function:
		assert own[0] == function, (hex(address), ours[address], theirs[address])
		same_function += 1
	if line:
		assert os.path.realpath(own[1]) == os.path.realpath(file) and own[2] == line, (hex(address), ours[address], theirs[address])
		same_line += 1
assert same_function >= functions and same_line >= lines, (same_function, same_line)"
}

@test "every address of functions, with others inlined into them" {
	local flags start size
	for flags in "-g -O1" "-g -O2" "-gdwarf-4 -O2 -gz" "-g -O3"; do
		# shellcheck disable=SC2086 # several words
		build_c lib.so $flags
		nm -S lib.so | awk '$3 ~ /[tT]/ && $4 ~ /^(outer|hidden|other)$/ { print $1, $2 }' |
			while read -r start size; do
				for ((i = 16#$start; i < 16#$start + 16#$size; i++)); do
					echo "$PWD/lib.so $BUILD_ID 0 0 $(printf %#x "$i")"
				done
			done >asked
		"$NAME_ADDRESSES" <asked >named
		compare "
base = 0x7f0000000000
objects = [(base, 1 << 20, '$PWD/lib.so', '$BUILD_ID')]
ours = {}
for asked, named in zip(open('asked'), open('named')):
	places = [place.rsplit(' ', 1) for place in named.strip().split(' < ')]
	ours[base + int(asked.split()[4], 16)] = [(f, at.rsplit(':', 1)[0], int(at.rsplit(':', 1)[1])) for f, at in places]
functions, lines = len(ours), 10
assert functions > 40, ours # bytes of three functions: 62 by gcc 12, 52 by gcc 16"
	done
}

@test "the stacks of a recorded program" {
	cat >plugin.c <<-'END'
		#include <dlfcn.h>
		static int missing;
		static inline __attribute__((always_inline)) void ask(const char *name)
		{
			if (!dlopen(name, RTLD_NOW))
				missing++;
		}
		__attribute__((noinline)) static void ask_twice(const char *name) { ask(name); missing++; ask(name); }
		int go(int depth) { if (depth) go(depth - 1); else ask_twice("./absent.so"); return missing++; }
	END
	cat >host.c <<-'END'
		#include <dlfcn.h>
		__attribute__((noinline)) static int use(void *handle)
		{
			int (*go)(int) = (int (*)(int))dlsym(handle, "go");
			return go(3) + go(5);
		}
		int main(void) { void *handle = dlopen("./plugin.so", RTLD_NOW); return !(use(handle) + 1); }
	END
	gcc -g -O2 -fno-optimize-sibling-calls -shared -fPIC -o plugin.so plugin.c
	gcc -g -O2 -fno-optimize-sibling-calls -o host host.c
	gcc -g -O1 -no-pie -o host_fixed host.c
	local program
	for program in host host_fixed; do
		"$DLSCOPE" record --strict -o T -- ./$program
		"$DLSCOPE" report T --json >report.json
		# the call is the instruction before the return address
		compare "
functions, lines = 8, 2
r = json.load(open('report.json'))
built = {o['path']: o for o in r['objects'] if o['path'].startswith('$PWD/')}
assert len(built) == 2, built
objects = [(int(o['base'], 16) or 0x400000, 1 << 20, o['path'], o['build_id']) for o in built.values()]
ours = {}
for load in r['loads']:
	frames = {}
	for f in load['stack']:
		if f['object'] in built:
			frames.setdefault(int(built[f['object']]['base'], 16) + f['offset'] - 1, []).append((f['function'], f['file'], f['line']))
	# of recursion, once
	ours.update({a: p[-1:] for a, p in frames.items()})"
	done
}
