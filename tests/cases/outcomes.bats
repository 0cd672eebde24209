# SPDX-License-Identifier: MIT
# What the trace says of loads that end in unusual ways, and of who asked.

load ../lib/common

# record_behaviour CASE: its report is in report.json afterwards
record_behaviour() {
	"$DLSCOPE" record --strict -o T -- "$PROGRAMS/behaviour" "$1" >/dev/null
	"$DLSCOPE" report T --format json >report.json
}

# check PYTHON: runs it with the report as r, its loads by requested base name
check() {
	"$PYTHON" -c "
import json, os
r = json.load(open('report.json'))
def loads(name): return [l for l in r['loads'] if os.path.basename(l['requested'] or '') == name]
objects = {o['id']: o for o in r['objects']}
$1" || { cat report.json; return 1; }
}

@test "left by a C++ exception: unwound" {
	record_behaviour exception
	check "[l] = loads('libleaver.so'); assert l['outcome'] == 'unwound' and l['duration_ns'] > 0, l"
}

@test "left by longjmp: unwound" {
	record_behaviour longjmp
	check "[l] = loads('libleaver.so'); assert l['outcome'] == 'unwound', l"
}

@test "a load in a constructor is its load's child, and time is counted once" {
	record_behaviour nested
	check "
[outer] = loads('libnested.so'); [inner] = loads('libleaf.so')
assert inner['parent'] == outer['id'] and outer['parent'] is None, (outer, inner)
assert outer['self_ns'] <= outer['duration_ns'] - inner['duration_ns'], (outer, inner)
assert outer['object'].endswith('/libnested.so') and len(outer['objects_added']) == 1, outer
assert objects[inner['objects_added'][0]]['path'].endswith('/private/libleaf.so')"
}

@test "a forked child's load is its own process's" {
	record_behaviour fork-in-constructor
	check "
[outer] = loads('libleaver.so'); [inner] = loads('libleaf.so')
assert inner['process'] != outer['process'] and inner['outcome'] == outer['outcome'] == 'loaded'
pids = {p['id']: p for p in r['processes']}
assert pids[inner['process']]['ppid'] == pids[outer['process']]['pid']
assert pids[inner['process']]['outcome'] == 'exited'"
}

@test "loaded, already loaded, failed; and unloaded" {
	record_behaviour runpath
	check "
outcomes = [l['outcome'] for l in loads('libleaf.so')]
assert outcomes == ['loaded', 'already-loaded', 'failed'], outcomes
[leaf] = [o for o in r['objects'] if o['path'].endswith('/libleaf.so')]
assert leaf['unloaded_ns'] and leaf['loaded_by'] == loads('libleaf.so')[0]['id'], leaf
assert leaf['build_id'] and leaf['size'] > 0 and leaf['mtime_ns'] > 0, leaf"
}

@test "the requester is named: object and function" {
	record_behaviour runpath
	check "
q = loads('libleaf.so')[0]['requester']
assert q['object'].endswith('/behaviour') and 'runpath' in q['function'], q
frames = [f['function'] or '' for f in loads('libleaf.so')[0]['stack']]
assert 'behaviour_main' in frames and 'main' in frames, frames
assert not [f for f in loads('libleaf.so')[0]['stack'] if 'libdlscope' in (f['object'] or '')]"
}

@test "the requester of a load by a constructor is the plug-in, not the loader nor us" {
	record_behaviour nested
	check "
q = loads('libleaf.so')[0]['requester']
assert q['object'].endswith('/libnested.so'), q
frames = [f['function'] or '' for f in loads('libleaf.so')[0]['stack']]
assert 'behaviour_main' in frames, frames
assert not [f for f in loads('libleaf.so')[0]['stack'] if 'libdlscope' in (f['object'] or '')]"
}

@test "another namespace's objects are reported too" {
	record_behaviour namespaces
	check "
ls = [l for l in loads('libleaf.so') if l['function'] == 'dlmopen']
assert [l['outcome'] for l in ls] == ['loaded', 'already-loaded', 'loaded', 'failed'], ls
ours = [o for o in r['objects'] if o['path'].endswith('/libleaf.so')]
assert [o['loaded_by'] for o in ours] == [ls[0]['id'], ls[2]['id']] and ours[0]['unloaded_ns'], ours
assert {o['soname'] for o in ours} == {None}, ours"
}

@test "first loads in eight threads at once, and a fork meanwhile: all are there" {
	"$DLSCOPE" record --strict -o T -- bash -c 'for i in {1..20}; do "$0" || exit 1; done' "$PROGRAMS/first_loads"
	"$DLSCOPE" report T --format json >report.json
	check "
counts = [sum(l['process'] == p['id'] for l in loads('libm.so.6')) for p in r['processes']]
assert sorted(c for c in counts if c) == [8] * 20, counts
assert all(l['outcome'] in ('loaded', 'already-loaded') for l in loads('libm.so.6'))
assert r['trace']['lost_events'] == 0 and r['trace']['complete']"
}

@test "a name that another thread changes: all events can be read" {
	"$DLSCOPE" record -o T -- "$PROGRAMS/changing_name"
	"$DLSCOPE" report T --format json >report.json
	check "
names = [l['requested'] for l in r['loads'] if l['requested'].startswith('xxx')]
assert len(names) + r['trace']['lost_events'] >= 30000, len(names)
assert {10, 300} <= {len(name) for name in names}"
}

@test "how long a lookup took is what the clock says" {
	"$DLSCOPE" record -o T -- "$PROGRAMS/slow_lookup" "$PROGRAMS/libslow_lookup.so"
	"$DLSCOPE" events T >events
	"$PYTHON" - <<-'EOF'
		import json
		events = [json.loads(line) for line in open("events")]
		at = next(i for i, e in enumerate(events) if e.get("name") == "slow_lookup")
		took = events[at]["duration_ns"]
		assert 30e6 * 0.999 <= took <= (events[at]["time_ns"] - events[at - 1]["time_ns"]) * 1.001, took
		# the others lie within the time they took all together
		others = [e for e in events[:at] if e.get("name") == "printf"]
		assert len(others) >= 100
		assert 0 < sum(e["duration_ns"] for e in others) < events[at]["time_ns"] - others[0]["time_ns"]
	EOF
}

# busy_library FILE TIMES SLEEP_US BURN_US: its constructor does both so many times, and says
# in FILE.took what CPU time and what time that took
busy_library() {
	cc -shared -fPIC -x c -o "$1" -DFILE_NAME="\"$PWD/$1.took\"" -DTIMES="$2" -DSLEEP_US="$3" -DBURN_US="$4" - <<-'EOF'
		#include <stdio.h>
		#include <time.h>
		#include <unistd.h>
		static long long read_ns(clockid_t clock)
		{
			struct timespec now;
			clock_gettime(clock, &now);
			return now.tv_sec * 1000000000LL + now.tv_nsec;
		}
		__attribute__((constructor)) static void work(void)
		{
			long long time = read_ns(CLOCK_MONOTONIC), cpu = read_ns(CLOCK_THREAD_CPUTIME_ID);
			for (int i = 0; i < TIMES; i++) {
				if (SLEEP_US)
					usleep(SLEEP_US);
				long long until = read_ns(CLOCK_THREAD_CPUTIME_ID) + BURN_US * 1000LL;
				while (read_ns(CLOCK_THREAD_CPUTIME_ID) < until)
					;
			}
			cpu = read_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
			time = read_ns(CLOCK_MONOTONIC) - time;
			FILE *took = fopen(FILE_NAME, "w");
			fprintf(took, "%lld %lld\n", cpu, time);
			fclose(took);
		}
	EOF
}

@test "CPU time of a load is what its constructor used, be it awake or not" {
	busy_library libasleep.so 1 500 0
	busy_library libawake.so 1 0 30000
	busy_library libshort.so 1 0 600
	busy_library libboth.so 40 300 200
	"$DLSCOPE" record -o T -- "$PROGRAMS/try_load" ./libasleep.so ./libawake.so ./libshort.so ./libboth.so
	"$DLSCOPE" report T --format json >report.json
	check "
for name in ('libasleep.so', 'libawake.so', 'libshort.so', 'libboth.so'):
    [load] = loads(name)
    cpu, time = map(int, open(name + '.took').read().split())
    most = cpu + load['duration_ns'] - time # the loader was at work all the rest
    assert cpu * 0.9 <= load['cpu_ns'] <= most + 200e3, (name, cpu, time, load)
    assert load['minor_faults'] > 0, load"
}

@test "eight threads: every load and every failure is there, once" {
	record_behaviour threads
	check "
assert len(loads('libleaf.so')) == len(loads('libmissing.so')) == 800
assert {l['outcome'] for l in loads('libmissing.so')} == {'failed'}
assert {l['outcome'] for l in loads('libleaf.so')} <= {'loaded', 'already-loaded'}
assert len({l['tid'] for l in loads('libleaf.so')}) == 8
assert len({l['id'] for l in r['loads']}) == len(r['loads'])
assert r['trace']['lost_events'] == 0 and r['trace']['complete']"
}

# As where the shim is preloaded by hand.
@test "where the shim opens LTTng, LTTng's own calls are no blind spot" {
	"$DLSCOPE" record -o T -- sh -c 'LD_PRELOAD=${LD_PRELOAD%%:*} exec "$@"' sh \
		"$PROGRAMS/slow_lookup" "$PROGRAMS/libslow_lookup.so"
	"$DLSCOPE" report T --format json >report.json
	assert_json report.json '[(p["exe"].split("/")[-1], p["blind_spots"]) for p in d["processes"]][-1] == ("slow_lookup", [])'
	assert_json report.json 'any(s["symbol"] == "slow_lookup" for s in d["symbols"])'
}
