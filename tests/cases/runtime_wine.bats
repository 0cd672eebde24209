# SPDX-License-Identifier: MIT
# Wine: the Unix side of its modules by name, and that its processes do not notice.

load ../lib/common
load ../lib/runtimes

# A directory of Wine's that is ready: without .update-timestamp saying so Wine would fill
# it with 700 MB, and with WINEBOOTSTRAPMODE it finds its own files where they are
# installed.  No display, nothing of the user's.
prepare_wine() {
	export PATH=/usr/lib/wine:/usr/lib/x86_64-linux-gnu/wine:$PATH WINEPREFIX=$PWD/prefix WINEBOOTSTRAPMODE=1 WINEDEBUG=-all
	unset DISPLAY WAYLAND_DISPLAY
	command -v wine64 >/dev/null || skip "wine64 is not installed (make test ALL=1 installs it)"
	SERVER=$(command -v wineserver64 || command -v wineserver)
	mkdir -p prefix/drive_c/windows/system32
	echo disable >prefix/.update-timestamp
}

@test "wine: programs of its own" {
	prepare_wine
	cat >try <<-END
		wine64 'C:\windows\system32\cmd.exe' /c 'echo one& echo two'; echo \$?
		wine64 'C:\windows\system32\hostname.exe'; echo \$?
		wine64 'C:\windows\system32\nothing.exe'; echo \$?
		$SERVER -w
	END
	both_ways sh try
	grep -q two recorded.out
	check "
wines = [p for p in r['processes'] if p['exe'].split('/')[-1] in ('wine64', 'wine')] # 8.0, 10.0
assert len(wines) > 3 and {p['runtime']['name'] for p in wines if p['runtime']} == {'wine'}, wines
assert {p['runtime']['version'][0].isdigit() for p in wines if p['runtime']} == {True}, wines
x = m['ws2_32']
assert (x['runtime'], x['symbol'], x['kind'], x['outcome'], x['init_ns']) == ('wine', '__wine_unix_call_funcs', 'other', 'ok', 0), x
assert x['open_ns'] > 0 and x['resolve_ns'] > 0 and x['object'].endswith('/x86_64-unix/ws2_32.so'), x
ntdll = [l for l in r['loads'] if l['requested'].endswith('/ntdll.so')]
assert {l['requester']['object'] for l in ntdll} == {p['exe'] for p in wines}, ntdll"
}

@test "wine: modules of its own and of winegcc, some of which fail" {
	prepare_wine
	command -v winegcc >/dev/null || skip "wine64-tools is not installed (make test ALL=1 installs it)"
	printf 'int __stdcall answer(void) { return 42; }' >ours.c
	echo '@ stdcall answer()' >ours.spec
	compile libgone.so <<<'int gone;'
	winegcc -m64 -w -shared -o ours.dll ours.c ours.spec
	winegcc -m64 -w -shared -o bad.dll ours.c ours.spec -Wl,--no-as-needed -L. -lgone
	rm libgone.so
	cat >main.c <<-'END'
		#include <windows.h>
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			for (int i = 1; i < argc; i++) {
				HMODULE module = LoadLibraryA(argv[i]);
				int (WINAPI *answer)(void) = module ? (void *)GetProcAddress(module, "answer") : 0;
				printf("%s %d %d\n", argv[i], module != 0, answer ? answer() : -1);
			}
			return 7;
		}
	END
	winegcc -m64 -w -o main.exe main.c
	cat >try <<-END
		wine64 ./main.exe.so ./bad.dll.so ./bad.dll.so ./ours.dll.so ./ours.dll.so missing.dll \\
			dnsapi.dll bcrypt.dll secur32.dll crypt32.dll ws2_32.dll winex11.drv win32u.dll
		echo \$?
		$SERVER -w
	END
	both_ways sh try
	grep -qx './ours.dll.so 1 42' recorded.out && grep -qx 7 recorded.out
	check "
program = [p['id'] for p in r['processes'] if p['runtime'] and './main.exe.so' in p['argv']]
ours = {x['name']: x for x in r['modules'] if x['process'] in program and x['runtime'] == 'wine'}
for name in 'dnsapi', 'bcrypt', 'secur32', 'crypt32', 'ws2_32', 'winex11.drv', 'win32u':
    assert (ours[name]['symbol'], ours[name]['outcome']) == ('__wine_unix_call_funcs', 'ok'), ours[name]
for name in 'main.exe', 'ours':
    assert (ours[name]['symbol'], ours[name]['outcome']) == ('__wine_spec_nt_header', 'ok'), ours[name]
bad = [f for f in r['failures'] if f['message'] and 'libgone.so' in f['message']]
assert bad and bad[0]['missing'] == 'libgone.so' and bad[0]['process'] in program, r['failures']"
}
